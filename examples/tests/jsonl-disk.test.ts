import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentIdentity, parseClientId, type Agent } from '../../core/index.ts';
import { ProcessAgentStore } from '../embedded/process-agent-store.ts';
import { openTrail, type TrailFixture } from './embedded-subjects.ts';
import { fileHandlePrototype } from './file-handle-prototype.ts';
import { idsAfterReopening, idsOf, newEvents, session } from './trail-events.ts';

const stalled = new Set<() => void>();
const unavailable = { name: 'LkpsError', code: 'audit_unavailable' };
const SOON = { timeout: 15_000 };

describe('the trail on a disk that hangs or fails', () => {
  let fixture: TrailFixture;
  beforeEach(async () => {
    fixture = await openTrail();
  });
  afterEach(async () => {
    stalled.forEach((release) => {
      release(); // a test that failed must not hang on what it stalled
    });
    vi.useRealTimers();
    vi.restoreAllMocks();
    await fixture.close();
  });
  const reopened = (): Promise<readonly string[]> => idsAfterReopening(fixture);

  it('answers an append only when the file is synced', async () => {
    const disk = await stallingDisk(fixture.path);
    let answered = false;
    const append = fixture.trail.append(newEvents(1)).then(() => {
      answered = true;
    });
    await disk.isAsked;
    expect(answered).toBe(false);
    disk.release();
    await append;
  });

  it('gives up on a disk that hangs within 2 s, and makes no step that waited too long', async () => {
    const disk = await stallingDisk(fixture.path);
    const [written, waiting] = [newEvents(1), newEvents(1)];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answers = Promise.allSettled([
      fixture.trail.append(written),
      fixture.trail.append(waiting),
      fixture.trail.isHealthy(),
    ]);
    await disk.isAsked;
    await vi.advanceTimersByTimeAsync(2000);
    vi.useRealTimers();
    const outcomes = await Promise.race([answers, Promise.resolve([])]);
    expect(outcomes.slice(0, 2)).toMatchObject([{ reason: unavailable }, { reason: unavailable }]);
    expect(outcomes[2]).toMatchObject({ value: false });
    disk.release();
    await vi.waitUntil(() => fixture.trail.isHealthy(), SOON);
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
    await vi.waitUntil(() => fixture.trail.isHealthy(), SOON);
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
  return { ...agentIdentity(clientId), clientAuthorization: 'required', registeredAt, expiresAt };
}

interface StallingDisk {
  /** Resolves once a file asks whether what it wrote is on disk. */
  readonly isAsked: Promise<void>;
  readonly release: () => void;
}

/** From now on, files take what is written and never say that it is on disk, until they are released. */
async function stallingDisk(path: string): Promise<StallingDisk> {
  const released = new Promise<void>((resolve) => {
    stalled.add(resolve);
  });
  let ask = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const sync = vi.spyOn(await fileHandlePrototype(path), 'sync').mockImplementation(() => {
    ask();
    return released;
  });
  return {
    isAsked,
    release: () => {
      sync.mockRestore();
      stalled.forEach((resolve) => {
        resolve();
      });
      stalled.clear();
    },
  };
}
