/** One answer of a server, as the bytes say it. */
export interface Answer {
  readonly status: number;
  /** Lower-case name -> every value. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

export interface Answers {
  /** Without those that only say that more follows (1xx). */
  readonly final: readonly Answer[];
  /** Why the bytes after those are no further answer; absent where there are none, or where it is still coming. */
  readonly wrong?: string;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)$/;

/**
 * Reads what came over a connection (RFC 9112), strictly. `methods` are those of the requests, in order: the answer to HEAD
 * has no body.
 */
export function readAnswers(received: string, methods: readonly string[], ended: boolean): Answers {
  const final: Answer[] = [];
  let at = 0;
  while (at < received.length) {
    const read = readOne(received, at, methods[final.length] ?? '', ended);
    if (typeof read === 'string') {
      return ended || read !== 'unfinished' ? { final, wrong: read } : { final };
    }
    if (read.answer.status >= 200) {
      final.push(read.answer);
    }
    at = read.end;
  }
  return { final };
}

type Read = { readonly answer: Answer; readonly end: number } | string;

function readOne(received: string, at: number, method: string, ended: boolean): Read {
  const headEnd = received.indexOf('\r\n\r\n', at);
  if (headEnd === -1) {
    return 'unfinished';
  }
  const [statusLine = '', ...lines] = received.slice(at, headEnd).split('\r\n');
  const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) {
    return `not a status line: ${JSON.stringify(statusLine.slice(0, 80))}`;
  }
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ''] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined) {
      return `not a header line: ${JSON.stringify(line.slice(0, 80))}`;
    }
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value.trim()]);
  }
  const body = readBody(received, headEnd + 4, { status, headers, method, ended });
  return typeof body === 'string' ? body : { answer: { status, headers, body: body.body }, end: body.end };
}

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly method: string;
  readonly ended: boolean;
}

type ReadBody = Pick<Answer, 'body'> & { readonly end: number };

function readBody(received: string, at: number, { status, headers, method, ended }: Head): ReadBody | string {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) {
    return { body: '', end: at };
  }
  const lengths = headers.get('content-length') ?? [];
  if (headers.has('transfer-encoding')) {
    return lengths.length === 0 ? readChunks(received, at) : 'a length and chunks';
  }
  if (lengths.length > 1) {
    return 'two lengths';
  }
  if (lengths[0] !== undefined) {
    const end = at + Number(lengths[0]);
    return end > received.length ? 'unfinished' : { body: received.slice(at, end), end };
  }
  if (!(headers.get('connection') ?? []).includes('close')) {
    return 'neither a length nor an end';
  }
  return ended ? { body: received.slice(at), end: received.length } : 'unfinished';
}

function readChunks(received: string, start: number): ReadBody | string {
  const chunks: string[] = [];
  for (let at = start; ;) {
    const lineEnd = received.indexOf('\r\n', at);
    if (lineEnd === -1) {
      return 'unfinished';
    }
    const line = received.slice(at, lineEnd);
    if (!/^[0-9a-f]{1,8}$/i.test(line)) {
      return `not a size of a chunk: ${JSON.stringify(line.slice(0, 80))}`;
    }
    const size = Number.parseInt(line, 16);
    const end = lineEnd + 2 + size;
    if (received.length < end + 2) {
      return 'unfinished';
    }
    if (received.slice(end, end + 2) !== '\r\n') {
      return 'a chunk does not end where it said';
    }
    if (size === 0) {
      return { body: chunks.join(''), end: end + 2 };
    }
    chunks.push(received.slice(lineEnd + 2, end));
    at = end + 2;
  }
}
