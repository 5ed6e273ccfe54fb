import { TokenSource } from 'livekit-client';

/** The platform did not start the session; `code` says why, `requestId` finds it in the platform's log. */
export class SessionRefused extends Error {
  readonly code: string;
  readonly requestId: string;
  readonly retryAfterSeconds: number;

  constructor(code: string, requestId: string, retryAfterSeconds: number) {
    super(`${code} (request ${requestId})`);
    this.code = code;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A source that posts `request`, in the platform's own form, each time it is asked: it keeps no token. */
export function sessionSource(
  sessionUrl: string,
  entraToken: string,
  request: object,
): ReturnType<typeof TokenSource.literal> {
  return TokenSource.literal(async () => {
    const response = await fetch(sessionUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${entraToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const answer = (await response.json()) as Record<string, string>;
    const { code = '', request_id: requestId = '', server_url = '', participant_token = '' } = answer;
    if (!response.ok) {
      throw new SessionRefused(code, requestId, Number(response.headers.get('retry-after') ?? 0));
    }
    return { serverUrl: server_url, participantToken: participant_token };
  });
}
