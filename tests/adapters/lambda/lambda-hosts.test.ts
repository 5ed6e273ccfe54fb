import { describeHttpHost } from '../../contract/http-host.contract.ts';
import { describeHttpService } from '../../contract/http-service.contract.ts';
import { openFunctionUrlLambda, openHttpApiLambda, openRestLambda } from '../../support/lambda-host.ts';

for (const [gateway, open] of [
  ['Lambda behind a REST API (v1)', openRestLambda],
  ['Lambda behind an HTTP API (v2)', openHttpApiLambda],
  ['Lambda behind a function URL (v2)', openFunctionUrlLambda],
] as const) {
  describeHttpHost(gateway, open);
  describeHttpService(gateway, open);
}
