import { unavailable } from './unavailable.ts';

/** An app registration with every list filled to Entra's limits stays well below. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The JSON object of an answer, whole.
 *
 * @throws LkpsError `authorization_unavailable` for anything else; what the stream rejects with, where it breaks off.
 */
export async function readJsonObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json(?:;|$)/i.test(response.headers.get('content-type') ?? '')) {
    await discard(response);
    throw unavailable(`Graph answers ${response.status} with something else than JSON`);
  }
  const parsed = parse(await readText(response));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw unavailable(`Graph answers ${response.status} with JSON that is no object`);
  }
  return { ...parsed };
}

/** Frees the connection without reading what is on it. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

async function readText(response: Response): Promise<string> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) {
      throw unavailable(`Graph answers with more than ${MAX_BODY_BYTES} bytes`); // leaving the loop cancels the body
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unavailable('Graph answers with broken JSON'); // the parser quotes the text
  }
}
