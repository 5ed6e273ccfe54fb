import { startLkpsOnLambda, type LkpsOnLambda } from './lambda/lkps-on-lambda.ts';
import { startLkps, type Lkps, type LkpsOptions } from './lkps.ts';

export type StackHost = 'koa' | 'lambda-rest' | 'lambda-http-api';

export function startOnHost(host: StackHost, options: LkpsOptions): Promise<Lkps | LkpsOnLambda> {
  switch (host) {
    case 'koa':
      return startLkps(options);
    case 'lambda-rest':
      return startLkpsOnLambda({ ...options, kind: 'rest' });
    case 'lambda-http-api':
      return startLkpsOnLambda({ ...options, kind: 'http-api' });
  }
}
