import { LkpsError } from '../errors.ts';
import { isRoomName, isRoomSid, parseRoomName, parseRoomSid, type RoomName } from '../model/names.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { RoomLife, SessionFact } from '../model/session.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { LiveKitEvent, SignedWebhook, WebhookVerifier } from '../ports/webhook-verifier.ts';
import type { AuditJournal } from './audit-journal.ts';
import { RefusalRecord } from './refusal-record.ts';

export interface HandleWebhookInput {
  readonly webhook: SignedWebhook;
  readonly context: RequestContext;
}

/** `ignored`: signed by LiveKit, but about a room or of a kind that means nothing to a session. */
export type WebhookOutcome = 'applied' | 'already_known' | 'ignored';

/** Follows the life of sessions through LiveKit's events, whatever order and number they come in. */
export class HandleWebhook {
  readonly #verifier: WebhookVerifier;
  readonly #sessions: SessionStore;
  readonly #refusals: RefusalRecord;
  readonly #clock: Clock;
  readonly #journal: AuditJournal;

  constructor(ports: {
    readonly verifier: WebhookVerifier;
    readonly sessions: SessionStore;
    readonly audit: AuditStore;
    readonly clock: Clock;
    readonly journal: AuditJournal;
    readonly limits: { readonly refusalRows: RateLimiter };
  }) {
    this.#verifier = ports.verifier;
    this.#sessions = ports.sessions;
    this.#refusals = new RefusalRecord({ ...ports, rows: ports.limits.refusalRows });
    this.#clock = ports.clock;
    this.#journal = ports.journal;
  }

  /** @throws LkpsError `unauthenticated`, `malformed_json`, and `audit_unavailable`, which a redelivery can mend. */
  async execute({ webhook, context }: HandleWebhookInput): Promise<WebhookOutcome> {
    const verification = await this.#verifier.verify(webhook);
    if (verification.outcome === 'rejected') {
      const { reason } = verification;
      await this.#refusals.write({ type: 'webhook.rejected', reason, context });
      throw new LkpsError('unauthenticated', reason);
    }
    const about = subjectOf(verification.event);
    const fact = about && factOf(verification.event, about.life, this.#clock.now());
    if (about === undefined || fact === undefined) {
      return 'ignored';
    }
    const recorded = await this.#sessions.record({ room: about.room }, [fact], (before, after) =>
      this.#journal.transitions(before, after),
    );
    return recorded === 'unknown_session' ? 'ignored' : recorded;
  }
}

/** The life of a room of ours that an event is about; undefined for every other room. */
function subjectOf({ room }: LiveKitEvent): { readonly room: RoomName; readonly life: RoomLife } | undefined {
  if (room === undefined || !isRoomName(room.name) || !isRoomSid(room.sid)) {
    return undefined;
  }
  return {
    room: parseRoomName(room.name),
    life: { sid: parseRoomSid(room.sid), creationTimeMs: room.creationTimeMs },
  };
}

function factOf(event: LiveKitEvent, life: RoomLife, at: Date): SessionFact | undefined {
  const factId = event.eventId;
  switch (event.event) {
    case 'room_started':
    case 'room_finished':
      return { factId, kind: event.event, at, life };
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
      return event.participant === undefined
        ? undefined
        : {
            factId,
            kind: event.event,
            at,
            life,
            participant: event.participant,
            ...(event.disconnectReason === undefined ? {} : { disconnectReason: event.disconnectReason }),
          };
    default:
      return undefined;
  }
}
