import { createServer } from 'node:http';
import { describeHttpHost } from '../../tests/contract/http-host.contract.ts';
import { describeHttpService } from '../../tests/contract/http-service.contract.ts';
import type { OpenHttpHost } from '../../tests/support/http-host-subject.ts';
import { listenOnLoopback } from '../../tests/support/http-loopback.ts';
import { abandon, encodeRequest, sendRaw } from '../../tests/support/raw-http-client.ts';
import { handle } from '../node-http/handle.ts';

const open: OpenHttpHost = async (handler) => {
  const { port, close } = await listenOnLoopback(createServer(handle(handler)));
  return {
    send: (request) => sendRaw(port, request),
    abandon: (request) => abandon(port, encodeRequest(request), 20),
    close,
  };
};

describeHttpHost('node:http', open);
describeHttpService('node:http', open);
