import Router from '@koa/router';
import Koa from 'koa';
import { createHttpHandler, type HttpLog } from '@livekit-platform/service/http';
import { limitedServer, platformRouter } from '@livekit-platform/service/http-koa';
import { required } from './environment.ts';
import { openPlatform } from './platform.ts';

/** A request in flight when the process is told to stop has this long. */
const DRAIN_MS = 10_000;

/** Without `error`: what was thrown may quote a token or a connection string. */
const log: HttpLog = ({ requestId, operation, status, durationMs, code, reason }) => {
  console.log(JSON.stringify({ requestId, operation, status, durationMs, code, reason }));
};

const orders = new Router();
orders.get('/orders/:id', (ctx) => {
  ctx.body = { id: ctx.params['id'], status: 'shipped' };
});

const platform = await openPlatform(process.env, log);
const app = new Koa();
app.use(platformRouter(createHttpHandler(platform.service)).routes()); // before anything that reads bodies
app.use(orders.routes());

const server = limitedServer(app);
server.listen(Number(required(process.env, 'PORT')), '127.0.0.1');

process.once('SIGTERM', () => {
  setTimeout(() => {
    server.closeAllConnections();
  }, DRAIN_MS).unref();
  server.close(() => void platform.close());
});
