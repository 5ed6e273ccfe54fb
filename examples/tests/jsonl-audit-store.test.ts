import { appendFile, open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi, type Mock } from 'vitest';
import { agentNameOf, parseClientId, type Agent, type AuditEvent } from '../../core/index.ts';
import { auditEvents, holds, users } from '../../tests/support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../../tests/support/fresh-ids.ts';
import { JsonlAuditStore } from '../embedded/jsonl-audit-store.ts';
import { ProcessAgentStore } from '../embedded/process-agent-store.ts';
import { openTrail, SUBJECT_KEY, type TrailFixture } from './embedded-subjects.ts';

const stalled = new Set<() => void>();
const unavailable = { name: 'LkpsError', code: 'audit_unavailable' };
const session = freshSessionId();

describe('the trail on JSON lines', () => {
  let fixture: TrailFixture;
  beforeEach(async () => {
    fixture = await openTrail();
  });
  afterEach(async () => {
    stalled.forEach((release) => {
      release(); // a test that failed must not hang on what it stalled
    });
    vi.restoreAllMocks();
    await fixture.close();
  });

  const reopened = async (): Promise<readonly string[]> => {
    const trail = await JsonlAuditStore.open(fixture.path, SUBJECT_KEY);
    const ids = (await trail.listBySession(session)).map(({ eventId }) => eventId);
    await trail.close();
    return ids;
  };

  it('shows after a crash the appends that were answered, and the last one wholly or not at all', async () => {
    const appends = [newEvents(2), newEvents(1), newEvents(3)];
    const sizes = [0];
    for (const events of appends) {
      await fixture.trail.append(events);
      sizes.push((await stat(fixture.path)).size);
    }
    const whole = await readFile(fixture.path);
    await holds(
      fc.nat(whole.length),
      async (length) => {
        await truncate(fixture.path, 0);
        await appendFile(fixture.path, whole.subarray(0, length));
        const survived = appends.filter((_, index) => (sizes[index + 1] ?? 0) <= length);
        expect(await reopened()).toEqual(idsOf(survived.flat()));
        expect((await stat(fixture.path)).size).toBe(sizes[survived.length]);
      },
      { numRuns: 60 },
    );
  });

  it('goes on where it was: what it holds is listed, and an id of it is refused', async () => {
    const [known, more] = [newEvents(2), newEvents(2)];
    await fixture.trail.append(known);
    const trail = await JsonlAuditStore.open(fixture.path, SUBJECT_KEY);
    onTestFinished(() => trail.close());
    await expect(trail.append(known)).rejects.toMatchObject(unavailable);
    await trail.append(more);
    const listed = await trail.listBySession(session);
    expect(listed.map(({ eventId }) => eventId)).toEqual(idsOf([...known, ...more]));
  });

  it('never writes who a user is, nor an e-mail address or a name; and only its owner may read it', async () => {
    await holds(fc.tuple(auditEvents, users), async ([event, actor]) => {
      await fixture.trail.append(asNewEvents([{ ...event, actor }], { sessionId: session }));
    });
    const [text, { mode }] = [await readFile(fixture.path, 'utf8'), await stat(fixture.path)];
    expect(text).toContain('userRef');
    expect(text).not.toMatch(/canary|userId|"email"|displayName/i);
    expect(mode & 0o777).toBe(0o600);
  });

  it('wants a key that cannot be guessed', async () => {
    await expect(JsonlAuditStore.open(fixture.path, new Uint8Array(31))).rejects.toThrow(RangeError);
  });

  it('answers an append only when the file is synced', async () => {
    const disk = await stallingDisk(fixture.path);
    let answered = false;
    const append = fixture.trail.append(newEvents(1)).then(() => {
      answered = true;
    });
    await vi.waitUntil(() => disk.sync.mock.calls.length === 1);
    expect(answered).toBe(false);
    disk.release();
    await append;
  });

  it('gives up on a disk that hangs within 2 s, and makes no step that waited too long', async () => {
    const disk = await stallingDisk(fixture.path);
    const [written, waiting] = [newEvents(1), newEvents(1)];
    const startedMs = performance.now();
    const outcomes = await Promise.allSettled([
      fixture.trail.append(written),
      fixture.trail.append(waiting),
      fixture.trail.isHealthy(),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(outcomes.slice(0, 2)).toMatchObject([{ reason: unavailable }, { reason: unavailable }]);
    expect(outcomes[2]).toMatchObject({ value: false });
    disk.release();
    await vi.waitUntil(() => fixture.trail.isHealthy());
    expect(await reopened()).toEqual(idsOf(written));
  });

  it('keeps state and trail together when the answer is late: both are there, or neither', async () => {
    const store = new ProcessAgentStore(fixture.trail);
    const [late, never] = [newAgent(), newAgent()];
    const disk = await stallingDisk(fixture.path);
    const outcomes = await Promise.allSettled([
      store.register(late, newEvents(1)),
      store.register(never, newEvents(1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    disk.release();
    await vi.waitUntil(() => fixture.trail.isHealthy());
    expect(await store.find(late.name)).toEqual(late);
    expect(await store.find(never.name)).toBeUndefined();
    expect(await reopened()).toHaveLength(1);
  });

  it('refuses everything once a write failed, until it is opened anew', async () => {
    const [before, lost, after] = [newEvents(1), newEvents(1), newEvents(1)];
    await fixture.trail.append(before);
    vi.spyOn(await fileHandlePrototype(fixture.path), 'sync').mockRejectedValueOnce(new Error('EIO'));
    await expect(fixture.trail.append(lost)).rejects.toMatchObject(unavailable);
    await expect(fixture.trail.append(after)).rejects.toMatchObject(unavailable);
    await expect(fixture.trail.listBySession(session)).rejects.toMatchObject(unavailable);
    expect(await fixture.trail.isHealthy()).toBe(false);
    expect([idsOf(before), idsOf([...before, ...lost])]).toContainEqual(await reopened());
  });
});

function newAgent(): Agent {
  const clientId = parseClientId(crypto.randomUUID());
  const [registeredAt, expiresAt] = [
    new Date('2026-01-01T00:00:00.000Z'),
    new Date('2026-01-01T01:00:00.000Z'),
  ];
  return { name: agentNameOf(clientId), clientId, registeredAt, expiresAt };
}

function newEvents(count: number): readonly AuditEvent[] {
  return asNewEvents(fc.sample(auditEvents, count), { sessionId: session });
}

/** In the order of time. */
function idsOf(events: readonly AuditEvent[]): readonly string[] {
  return events.map(({ eventId }) => eventId).sort();
}

/** From now on, files take what is written and never say that it is on disk, until they are released. */
async function stallingDisk(
  path: string,
): Promise<{ readonly sync: Mock<FileHandle['sync']>; readonly release: () => void }> {
  const released = new Promise<void>((resolve) => {
    stalled.add(resolve);
  });
  const sync = vi.spyOn(await fileHandlePrototype(path), 'sync').mockReturnValue(released);
  return {
    sync,
    release: () => {
      sync.mockRestore();
      stalled.forEach((resolve) => {
        resolve();
      });
      stalled.clear();
    },
  };
}

/** What every open file has its methods from. */
async function fileHandlePrototype(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
