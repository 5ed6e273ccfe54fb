import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { closeCodeOf, type CloseReason } from '../../adapters/agent-gateway/close-reason.ts';
import { PROBLEMS } from '../../adapters/http/problem.ts';
import { parseMigrateConfig, parseServeConfig } from '../../composition/config.ts';
import { COMPLETE } from '../support/platform-environment.ts';
import { ROOT } from '../support/platform-project.ts';
import { rowsUnder } from '../support/markdown-table.ts';

/** How the core says why it denies; what is put on record in any other way is not found here. */
const REASONS: readonly (readonly [folder: string, how: RegExp])[] = [
  ['core/use-cases', /\breason: '(\w+)'/g],
  ['core/use-cases', /#record\('(\w+)'/g],
  ['core/use-cases', /#deny\(input, '(\w+)'(?:\)|, [A-Z])/g],
  ['core/use-cases', /const reason = .*\? '(\w+)' : '\w+'/g],
  ['core/use-cases', /const reason = .*\? '\w+' : '(\w+)'/g],
  ['core/use-cases', /#refuse\(pass, '(\w+)'/g],
  ['core/use-cases', /const reason = '(\w+)'/g],
  ['core/use-cases', /^ {2}(\w+): '\w+',/gm],
  ['core/policy', /'denied', evidence: \{ mode, rule: '(\w+)'/g],
  ['core/policy', /, room, reason: '(\w+)' \}/g],
  ['core/policy', /const reason = '(\w+)'/g],
  ['core/ports', /reason: '(\w+)' \|/g],
  ['core/ports', /reason: .*\| '(\w+)' \|/g],
  ['core/ports', /reason: .*\| '(\w+)';/g],
];
/** Of a fact about a session, not of a denial. */
const NOT_OF_DENIALS = ['revoked'];
/** Offences after which a worker may go on. */
const GOING_ON = ['simulate_job', 'seat_too_large'];
/** Of which the worker hears no close code. */
const UNHEARD = [...GOING_ON, 'worker_gone', 'handshake_too_slow'];

describe('docs/operating.md', () => {
  let guide: string;
  beforeAll(async () => {
    guide = await readFile(`${ROOT}docs/operating.md`, 'utf8');
  });

  it('explains every reason of a denial that the core has, and no other', async () => {
    const found = await Promise.all(
      REASONS.map(async ([folder, how]) =>
        [...(await textOf(folder)).matchAll(how)].map(([, code = '']) => code),
      ),
    );
    expect(found.filter((codes) => codes.length === 0)).toEqual([]);
    const inCode = new Set(found.flat().filter((code) => !NOT_OF_DENIALS.includes(code)));
    const explained = [
      '### Reasons of a 403, 404 and 429',
      '### Reasons of a worker that is refused, and of a job it does not get',
    ].flatMap((heading) => rowsUnder(guide, heading).flatMap(([, reasons = '']) => reasons.split(', ')));
    const of401 = rowsUnder(guide, '### Reasons of a 401').flatMap(([reasons = '']) => reasons.split(', '));
    expect([...inCode].filter((code) => !of401.includes(code)).toSorted()).toEqual(
      [...new Set(explained)].toSorted(),
    );
  });

  it('explains every way a worker is disconnected, its close code and its rows, and nothing else', async () => {
    const [line, due, own] = await Promise.all([
      sourceOf('core/model/worker-line.ts'),
      sourceOf('core/model/worker.ts'),
      sourceOf('adapters/agent-gateway/close-reason.ts'),
    ]);
    const offences = unionIn(line, 'WorkerOffence');
    const planned = unionIn(line, 'PlannedClose');
    const reasons = [...offences, ...planned, ...unionIn(due, 'WorkerDue'), ...unionIn(own, 'CloseReason')];
    const inCode = [...new Set(reasons)].map((reason) => [
      reason,
      UNHEARD.includes(reason) ? '-' : String(closeCodeOf(reason as CloseReason)),
      [
        ...(offences.includes(reason) ? ['worker.message_refused'] : []),
        ...(GOING_ON.includes(reason) ? [] : ['worker.closed']),
      ].join(', '),
    ]);
    const rows = rowsUnder(
      guide,
      '### Reasons of a worker that is disconnected, and of what it is refused',
    ).map((row) => row.slice(0, 3));
    expect(rows.toSorted()).toEqual(inCode.toSorted());
  });

  it('explains every counter of what was dropped, and no other', async () => {
    const dropped = unionIn(await sourceOf('core/model/worker-line.ts'), 'DroppedMessage');
    const acts = await sourceOf('adapters/agent-gateway/worker-acts.ts');
    const own = [...acts.matchAll(/dropped\(reason: DroppedMessage \| '(\w+)'\)/g)].map(
      ([, name = '']) => name,
    );
    expect(own).toHaveLength(1);
    const counters = rowsUnder(guide, '### Counters of what was dropped').map(([name = '']) => name);
    expect(counters.toSorted()).toEqual([...dropped, ...own].toSorted());
  });

  it('names every answer under its own status', () => {
    const answers = rowsUnder(guide, '### Reasons of a 403, 404 and 429').map(([answer = '']) => answer);
    const known = Object.entries(PROBLEMS).map(([code, { status }]) => `${status} ${code}`);
    expect(answers.filter((answer) => answer !== 'any' && !known.includes(answer))).toEqual([]);
  });

  it('has a first start that sets what is required, and nothing else', () => {
    const [, example = ''] = /### All that a first start needs[^]*?```bash\n([^]*?)```/.exec(guide) ?? [];
    const exported = [...example.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    expect(exported.map(([name]) => name)).toEqual(Object.keys(COMPLETE));
    let made = 0;
    const env = Object.fromEntries(
      exported.map(([name = '', value = '']) => [
        name,
        value
          .replaceAll("'", '')
          .replace(/<[^>]+>/, () => `secret-0123456789abcdefghijklmnop-${(made += 1)}`),
      ]),
    );
    expect(() => parseServeConfig(env)).not.toThrow();
    const [, admin = ''] = /LKPS_DATABASE_ADMIN_URL='([^']+)' lkps migrate/.exec(example) ?? [];
    const url = admin.replace(/<[^>]+>/, 'password');
    expect(() => parseMigrateConfig({ ...env, LKPS_DATABASE_ADMIN_URL: url })).not.toThrow();
  });
});

async function textOf(folder: string): Promise<string> {
  const names = await readdir(`${ROOT}${folder}`);
  return (await Promise.all(names.map((name) => readFile(`${ROOT}${folder}/${name}`, 'utf8')))).join('\n');
}

function sourceOf(path: string): Promise<string> {
  return readFile(`${ROOT}${path}`, 'utf8');
}

/** The members of a union of names; there are always some. */
function unionIn(source: string, type: string): readonly string[] {
  const [, union = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(source) ?? [];
  const members = [...union.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
  expect(members, type).not.toEqual([]);
  return members;
}
