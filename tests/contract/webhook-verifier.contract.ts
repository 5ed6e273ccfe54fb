import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  LkpsError,
  type LiveKitEvent,
  type WebhookVerification,
  type WebhookVerifier,
} from '../../core/index.ts';
import { holds } from '../support/arbitraries.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';
import { liveKitEvents, SAMPLE_EVENT } from '../support/livekit-events.ts';

export interface WebhookVerifierSubject {
  readonly verifier: WebhookVerifier;
  /** The time as the verifier knows it. */
  readonly now: () => Date;
  /** An event as it goes over the wire. */
  readonly encode: (event: LiveKitEvent) => Uint8Array;
  /** A signature that the verifier must believe until `expiresAt` and 60 s more. */
  readonly sign: (body: Uint8Array, expiresAt: Date) => Promise<string>;
  /** By a key LiveKit holds, which is not the one for webhooks. */
  readonly signAsAnother: (body: Uint8Array, expiresAt: Date) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** What every WebhookVerifier promises. An adapter's own test file is one call to this. */
export function describeWebhookVerifier(
  adapter: string,
  open: () => Promise<WebhookVerifierSubject>,
  options?: ContractOptions,
): void {
  describe(`WebhookVerifier contract: ${adapter}`, () => {
    const law = lawsOf(options);
    let subject: WebhookVerifierSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const inSeconds = (seconds: number): Date => new Date(subject.now().getTime() + seconds * 1000);
    const verify = (body: Uint8Array, signature: string | undefined): Promise<WebhookVerification> =>
      subject.verifier.verify({ body, signature });

    law('hands on any event that is signed, also of a kind nobody has heard of', () =>
      holds(liveKitEvents, async (event) => {
        const body = subject.encode(event);
        const verification = await verify(body, await subject.sign(body, inSeconds(300)));
        expect(verification).toEqual({ outcome: 'verified', event });
      }),
    );

    law('hands on the same event as often as it is delivered', async () => {
      const body = subject.encode(SAMPLE_EVENT);
      const signature = await subject.sign(body, inSeconds(300));
      expect(await verify(body, signature)).toEqual(await verify(body, signature));
    });

    law('refuses an event without a signature, or with something else in its place', async () => {
      const body = subject.encode(SAMPLE_EVENT);
      for (const signature of [undefined, '', '.', '..', 'Bearer', 'null', '\0', 'x'.repeat(100_000)]) {
        expect(await verify(body, signature)).toMatchObject({ outcome: 'rejected' });
      }
    });

    law('refuses the signature of a key that is not for webhooks', async () => {
      const body = subject.encode(SAMPLE_EVENT);
      const signature = await subject.signAsAnother(body, inSeconds(300));
      expect(await verify(body, signature)).toMatchObject({ outcome: 'rejected' });
    });

    law('refuses a body in which any one byte is another', () =>
      holds(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), async ([at, change]) => {
        const body = subject.encode(SAMPLE_EVENT);
        const signature = await subject.sign(body, inSeconds(300));
        const tampered = body.map((byte, index) => (index === at % body.length ? byte ^ change : byte));
        expect(await verify(tampered, signature)).toMatchObject({ outcome: 'rejected' });
      }),
    );

    law('refuses a body that says the same in other bytes', async () => {
      const body = subject.encode(SAMPLE_EVENT);
      const signature = await subject.sign(body, inSeconds(300));
      const json: unknown = JSON.parse(new TextDecoder().decode(body));
      const spaced = new TextEncoder().encode(JSON.stringify(json, undefined, 1));
      expect(await verify(spaced, signature)).toMatchObject({ outcome: 'rejected' });
    });

    law('refuses the signature of another event', async () => {
      const other = subject.encode({ ...SAMPLE_EVENT, eventId: 'EV_other' });
      const signature = await subject.sign(other, inSeconds(300));
      expect(await verify(subject.encode(SAMPLE_EVENT), signature)).toMatchObject({ outcome: 'rejected' });
    });

    law('believes a signature until 60 s after it expired, and not after', async () => {
      const body = subject.encode(SAMPLE_EVENT);
      const outcomes = [];
      for (const seconds of [1, -30, -59, -61, -3600]) {
        outcomes.push((await verify(body, await subject.sign(body, inSeconds(seconds)))).outcome);
      }
      expect(outcomes).toEqual(['verified', 'verified', 'verified', 'rejected', 'rejected']);
    });

    law('calls a body malformed only when its signature is right', async () => {
      for (const body of malformedBodies()) {
        const signature = await subject.sign(body, inSeconds(300));
        await expect(verify(body, signature)).rejects.toMatchObject({
          name: 'LkpsError',
          code: 'malformed_json',
        });
        const stranger = await subject.signAsAnother(body, inSeconds(300));
        expect(await verify(body, stranger)).toMatchObject({ outcome: 'rejected' });
        expect(await verify(body, undefined)).toMatchObject({ outcome: 'rejected' });
      }
    });

    law('never verifies what nobody signed, and never fails over it', () =>
      holds(fc.tuple(fc.uint8Array(), fc.string()), async ([body, signature]) => {
        expect(await verify(body, signature)).toMatchObject({ outcome: 'rejected' });
      }),
    );

    law('answers any signed bytes with an event or with malformed_json', () =>
      holds(fc.oneof(fc.uint8Array(), fc.json().map(utf8)), async (body) => {
        const signature = await subject.sign(body, inSeconds(300));
        const outcome = await verify(body, signature).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(LkpsError);
          expect(outcome).toMatchObject({ code: 'malformed_json' });
        } else {
          expect(outcome).toMatchObject({ outcome: 'verified' });
        }
      }),
    );
  });
}

function malformedBodies(): readonly Uint8Array[] {
  const texts = ['', '{', 'event', '[]', 'null', '{}', '{"event":"room_started"}'];
  return [...texts.map(utf8), Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x7b, 0x22, 0xc3, 0x22, 0x7d)];
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
