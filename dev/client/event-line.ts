/**
 * Standard output carries events and nothing else, one JSON object a line.
 *
 * Imported before the LiveKit client: its logger picks its stream while loading and would write between the events.
 */
const writeToStdout = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
process.env['NODE_ENV'] ??= 'production';

type ClientEvent =
  | {
      readonly event: 'joined';
      readonly room: string;
      readonly room_sid: string;
      readonly identity: string;
      readonly sid: string;
      readonly ms: number;
    }
  | { readonly event: 'agent_joined'; readonly identity: string; readonly ms: number }
  | {
      readonly event: 'data_echoed';
      readonly nonce: string;
      readonly round_trip_ms: number;
      readonly attempts: number;
    }
  | {
      readonly event: 'audio_echoed';
      readonly sent_hz: number;
      readonly heard_hz: number;
      readonly share: number;
      readonly ms: number;
    }
  | { readonly event: 'publishing'; readonly tone_hz: number }
  | {
      readonly event: 'participant_joined';
      readonly identity: string;
      readonly kind: string;
      readonly already_there: boolean;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | {
      readonly event: 'participant_left';
      readonly identity: string;
      readonly kind: string;
      readonly reason: string;
    }
  | {
      readonly event: 'data';
      readonly from: string | null;
      readonly topic: string | null;
      readonly text: string;
      readonly bytes: number;
    }
  | {
      readonly event: 'attributes_changed';
      readonly identity: string;
      readonly changed: Readonly<Record<string, string>>;
    }
  | { readonly event: 'track'; readonly from: string; readonly source: string }
  | {
      readonly event: 'tried';
      readonly what: string;
      readonly outcome: 'done' | 'failed';
      readonly reason?: string;
      readonly ms: number;
    }
  | { readonly event: 'tried_all' }
  | {
      readonly event: 'self';
      readonly name: string;
      readonly metadata: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly event: 'disconnected'; readonly reason: string }
  | { readonly event: 'left'; readonly ms: number }
  | { readonly event: 'refused'; readonly status: number; readonly reason: string }
  | { readonly event: 'failed'; readonly step: string; readonly reason: string };

/** Writes one event. Pipes are written synchronously, so nothing is lost at exit. */
export function emit(event: ClientEvent): void {
  writeToStdout(`${JSON.stringify(event)}\n`);
}
