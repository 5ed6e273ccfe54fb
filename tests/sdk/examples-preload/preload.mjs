/**
 * For a Node that runs an example: the SDK is its sources, so that nothing has to be built before; servers stay on
 * loopback, where agents of the library serve their health on every interface unless told otherwise; and the machine
 * looks idle, since LiveKit has no job for a worker of a busy one.
 */
import { registerHooks } from 'node:module';
import { Server } from 'node:net';
import os from 'node:os';
import { URL } from 'node:url';

const SDK = new URL('../../../sdk/typescript/src/index.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === '@livekit-platform/agents' ? SDK : specifier, context),
});

const listen = Server.prototype.listen;
Server.prototype.listen = function (...given) {
  return listen.apply(
    this,
    given.map((one) => (one === '0.0.0.0' || one === '::' ? '127.0.0.1' : one)),
  );
};

const cpus = os.cpus();
os.cpus = () => cpus;
