import { describeHttpHost } from '../../contract/http-host.contract.ts';
import { describeHttpService } from '../../contract/http-service.contract.ts';
import type { OpenHttpHost } from '../../support/http-host-subject.ts';
import { openKoaHost } from '../../support/http-koa-host.ts';
import { sendRaw } from '../../support/raw-http-client.ts';

const open: OpenHttpHost = async (handler) => {
  const { port, close } = await openKoaHost(handler);
  return { send: (request) => sendRaw(port, request), close };
};

describeHttpHost('Koa', open);
describeHttpService('Koa', open);
