import {
  appendFile,
  chmod,
  copyFile,
  link,
  open,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { auditEvents, holds, users } from '../../tests/support/arbitraries.ts';
import { asNewEvents } from '../../tests/support/fresh-ids.ts';
import { JsonlAuditStore } from '../embedded/jsonl-audit-store.ts';
import { openTrail, SUBJECT_KEY, type TrailFixture } from './embedded-subjects.ts';
import { fileHandlePrototype } from './file-handle-prototype.ts';
import { idsAfterReopening, idsOf, newEvents, session } from './trail-events.ts';

const unavailable = { name: 'LkpsError', code: 'audit_unavailable' };
/** In bytes: a line that lacks nothing else is whole, and kept. */
const NEWLINE = 1;

describe('the trail on JSON lines', () => {
  let fixture: TrailFixture;
  beforeEach(async () => {
    fixture = await openTrail();
  });
  afterEach(async () => {
    await fixture.close();
  });

  const reopened = (): Promise<readonly string[]> => idsAfterReopening(fixture);

  it('shows after a crash the appends that were answered, and the last one wholly or not at all', async () => {
    const appends = [newEvents(2), newEvents(1), newEvents(3)];
    const sizes = [0];
    for (const events of appends) {
      await fixture.trail.append(events);
      sizes.push((await stat(fixture.path)).size);
    }
    const whole = await readFile(fixture.path);
    await fixture.trail.close();
    await holds(
      fc.nat(whole.length),
      async (length) => {
        await truncate(fixture.path, 0);
        await appendFile(fixture.path, whole.subarray(0, length));
        const survived = appends.filter((_, index) => (sizes[index + 1] ?? 0) <= length + NEWLINE);
        expect(await reopened()).toEqual(idsOf(survived.flat()));
        expect((await stat(fixture.path)).size).toBe(sizes[survived.length]);
      },
      { numRuns: 60 },
    );
  });

  it('goes on where it was: what it holds is listed, and an id of it is refused', async () => {
    const [known, more] = [newEvents(2), newEvents(2)];
    await fixture.trail.append(known);
    await fixture.trail.close();
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

  it('leaves a file that is not a trail as it is, and tells nobody what is in it', async () => {
    await fixture.trail.append(newEvents(1));
    await fixture.trail.close();
    const line = await readFile(fixture.path, 'utf8');
    const strangers = [
      'canary',
      'canary\n',
      '[{"name":"canary"}]',
      '[{"name":"canary"}]\n',
      '[]\n',
      '[{"eventId":"canary"}]\n',
      '[{"eventId":"canary","occurredAt":"canary"}]\n',
      '[{"eventId":"canary\n',
      `${line}canary`,
      `${line}canary\n${line}`,
      `${line}\n`,
      `${line.slice(0, -5)}\n`,
    ];
    for (const text of strangers) {
      const bytes = Buffer.from(text); // half a character is none any more
      await writeFile(fixture.path, bytes);
      await chmod(fixture.path, 0o644);
      const refusal: unknown = await JsonlAuditStore.open(fixture.path, SUBJECT_KEY).catch(
        (error: unknown) => error,
      );
      expect([text, refusal]).toEqual([text, expect.any(Error)]);
      expect(inspect(refusal, { depth: 9, showHidden: true })).not.toMatch(/canary|eventId/);
      expect(await readFile(fixture.path)).toEqual(bytes);
      expect((await stat(fixture.path)).mode & 0o777).toBe(0o644);
    }
  });

  it('takes back from everybody else what they may do with a trail', async () => {
    await fixture.trail.append(newEvents(1));
    for (const mode of [0o644, 0o620, 0o606]) {
      await chmod(fixture.path, mode);
      await reopened();
      expect((await stat(fixture.path)).mode & 0o777).toBe(0o600);
    }
  });

  describe.each<readonly [string, (path: string) => Promise<unknown>]>([
    ['was deleted', (path) => unlink(path)],
    ['was moved', (path) => rename(path, `${path}.moved`)],
    ['was emptied', (path) => truncate(path)],
    ['lost a byte', async (path) => truncate(path, (await stat(path)).size - 1)],
    ['was written to', (path) => appendFile(path, '[]\n')],
    ['got a second name', (path) => link(path, `${path}.link`)],
    ['was replaced by its copy', replaceByCopy],
  ])('once its file %s', (_, interfere) => {
    it('puts nothing more on it: every append is refused, and it is not healthy', async () => {
      await fixture.trail.append(newEvents(1));
      await interfere(fixture.path);
      const left = await contentsOf(fixture.path);
      await expectEnd(fixture.trail);
      expect(await contentsOf(fixture.path)).toEqual(left);
    });

    it('promises nothing for what was on its way', async () => {
      const files = await fileHandlePrototype(fixture.path);
      vi.spyOn(files, 'sync').mockImplementationOnce(() => interfere(fixture.path).then(() => undefined));
      await expectEnd(fixture.trail);
    });
  });

  it('lists nothing, rather than what nobody wrote, and tells nobody what it found', async () => {
    await fixture.trail.append(newEvents(1));
    const file = await open(fixture.path, 'r+');
    await file.write('"canary', 0);
    await file.close();
    const overwritten = await fixture.trail.listBySession(session).catch((error: unknown) => error);
    expect(overwritten).toMatchObject(unavailable);
    expect(inspect(overwritten, { depth: 9, showHidden: true })).not.toContain('canary');
    await truncate(fixture.path, 9);
    await expect(fixture.trail.listBySession(session)).rejects.toMatchObject(unavailable);
  });

  it('wants a key that cannot be guessed', async () => {
    await expect(JsonlAuditStore.open(fixture.path, new Uint8Array(31))).rejects.toThrow(RangeError);
  });
});

async function expectEnd(trail: JsonlAuditStore): Promise<void> {
  await expect(trail.append(newEvents(1))).rejects.toMatchObject(unavailable);
  await expect(trail.append(newEvents(1))).rejects.toMatchObject(unavailable);
  expect(await trail.isHealthy()).toBe(false);
}

async function replaceByCopy(path: string): Promise<void> {
  await copyFile(path, `${path}.copy`);
  await rm(path);
  await rename(`${path}.copy`, path);
}

/** Of the file, and of where it was moved to. */
function contentsOf(path: string): Promise<readonly (string | undefined)[]> {
  const names = [path, `${path}.moved`];
  return Promise.all(names.map((name) => readFile(name, 'utf8').catch(() => undefined)));
}
