import { text } from 'node:stream/consumers';
import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import { limitedServer, platformRouter } from '../../adapters/http-koa/index.ts';
import { JSON_TYPE, openStage, startBody, type Stage } from '../../tests/support/http-stage.ts';
import { listenOnLoopback, type Listening } from '../../tests/support/http-loopback.ts';
import { textOf, utf8, type RawHeader } from '../../tests/support/http-message.ts';
import { sendRaw } from '../../tests/support/raw-http-client.ts';

/** What docs/embedding.md says of how to mount the platform, and how not to. */
describe('mounting the platform in an application with middleware of its own', () => {
  let server: Listening | undefined;
  afterEach(() => server?.close());

  async function post(
    app: Koa,
    target: string,
    headers: readonly RawHeader[],
    body = '',
  ): Promise<readonly [status: number, code: unknown]> {
    server = await listenOnLoopback(limitedServer(app));
    const response = await sendRaw(server.port, { method: 'POST', target, headers, body: utf8(body) });
    const answer = textOf(response.body);
    const parsed: unknown = answer.startsWith('{') ? JSON.parse(answer) : {};
    return [response.status, parsed instanceof Object && 'code' in parsed ? parsed.code : undefined];
  }

  /** What every body parser does with a body it takes for its own. */
  const drains: Middleware = async (ctx, next) => {
    await text(ctx.req);
    await next();
  };
  const mounted = (stage: Stage, ...before: readonly Middleware[]): Koa => {
    const app = new Koa();
    before.forEach((middleware) => app.use(middleware));
    app.use(platformRouter(stage.platform.handler).routes());
    return app;
  };

  it('works before a body parser, and passes on what is not its own', async () => {
    const stage = await openStage();
    const app = mounted(stage).use(drains);
    const start = await post(app, '/api/session/start', [stage.as('client'), JSON_TYPE], startBody);
    expect(start[0]).toBe(201);
    await server?.close();
    expect(await post(app, '/elsewhere', [])).toEqual([404, undefined]);
  });

  it('sees nothing of a body that a parser read before it: no start, no webhook, but a registration', async () => {
    const stage = await openStage();
    const { body: event, signature } = stage.platform.webhooks.sign({
      eventId: 'EV_1',
      event: 'room_started',
    });
    const webhook = ['/livekit/webhook', [['authorization', signature]], textOf(event)] as const;
    const cases = [
      ['/api/session/start', [stage.as('client'), JSON_TYPE], startBody, [400, 'malformed_json']],
      ['/api/agent/register', [stage.as('agent'), JSON_TYPE], '{}', [200, undefined]],
      [...webhook, [401, 'unauthenticated']],
    ] as const;
    for (const [path, headers, body, expected] of cases) {
      expect([path, await post(mounted(stage, drains), path, headers, body)]).toEqual([path, expected]);
      await server?.close();
    }
    expect(await post(mounted(stage), ...webhook)).toEqual([200, undefined]);
  });

  it('does not believe identity that middleware wrote into the headers', async () => {
    const stage = await openStage();
    const [name, value] = stage.as('client');
    const injects: Middleware = (ctx, next) => {
      ctx.req.headers[name] = value;
      return next();
    };
    const answer = await post(mounted(stage, injects), '/api/session/start', [JSON_TYPE], startBody);
    expect(answer).toEqual([401, 'unauthenticated']);
  });

  it('is not found below a prefix of a router', async () => {
    const stage = await openStage();
    const router = new Router({ prefix: '/livekit-platform' });
    router.use(platformRouter(stage.platform.handler).routes());
    const app = new Koa();
    app.use(router.routes());
    const answer = await post(app, '/livekit-platform/api/agent/register', [stage.as('agent')]);
    expect(answer).toEqual([404, 'not_found']);
  });
});
