import type { HttpHandler, HttpRequest, HttpResponse } from '../../adapters/http/index.ts';

const NOTHING: HttpResponse = { status: 200, headers: {}, body: new Uint8Array() };

/** An {@link HttpHandler} that keeps what a host hands it, and answers what it is told to. */
export class RecordingHandler {
  readonly requests: HttpRequest[] = [];
  answer: HttpResponse = NOTHING;

  readonly handler: HttpHandler = (request) => {
    this.requests.push(request);
    return Promise.resolve(this.answer);
  };

  /** As if nobody had asked yet, nor been told to be answered otherwise. */
  reset(): void {
    this.requests.length = 0;
    this.answer = NOTHING;
  }

  /** The one request since the last call of this method. */
  takeOnly(): HttpRequest {
    const [request, ...more] = this.requests.splice(0);
    if (request === undefined || more.length > 0) {
      throw new Error(`expected one request, not ${request === undefined ? 0 : 1 + more.length}`);
    }
    return request;
  }
}
