import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMigrateConfig, parseServeConfig } from '../../composition/config.ts';
import { risksOf } from '../../composition/risks.ts';
import { Secret } from '../../composition/secret.ts';
import type { Environment, Name, Value } from '../../composition/setting-values.ts';
import type { NamedSecret } from '../../composition/secret-values.ts';
import { SETTINGS, type Setting } from '../../composition/settings.ts';
import { problemsOf } from '../support/config-problems.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';
import { ROOT } from '../support/platform-project.ts';

const settings: Readonly<Record<string, Setting>> = SETTINGS;
const SECRETS = Object.keys(settings).filter((name) => settings[name]?.secret === true);

/** Compiles only while every setting that makes a Secret is flagged as one, and no other. */
type Flagged = { [K in Name]: (typeof SETTINGS)[K] extends { readonly secret: true } ? K : never }[Name];
type Held = Secret | NamedSecret | readonly (Secret | NamedSecret)[];
type Holding = { [K in Name]: Extract<Value<K>, Held> extends never ? never : K }[Name];
const forgotten: [Exclude<Holding, Flagged>] extends [never] ? 'none' : Exclude<Holding, Flagged> = 'none';
const idle: [Exclude<Flagged, Holding>] extends [never] ? 'none' : Exclude<Flagged, Holding> = 'none';

describe('a setting that holds a secret', () => {
  it('is flagged, kept as a Secret, and named as one in the README', () => {
    expect([forgotten, idle]).toEqual(['none', 'none']);
    for (const [name, { secret, description }] of Object.entries(settings)) {
      expect(description.endsWith('Secret.'), name).toBe(secret === true);
    }
  });

  it('is known by its name, so that none is forgotten', () => {
    const telling = /SECRET|PASSWORD|KEY|CREDENTIAL|PRIVATE|DATABASE.*URL/;
    expect(Object.keys(settings).filter((name) => telling.test(name))).toEqual(SECRETS);
  });

  it('is said in the README to come from a file too, once', async () => {
    const readme = await readFile(`${ROOT}README.md`, 'utf8');
    expect(readme.match(/_FILE/g)).toHaveLength(1);
  });
});

describe('a secret in a file', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'lkps-secrets-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  let files = 0;
  const file = (content: string | Uint8Array): string => {
    const path = join(directory, `secret-${++files}`);
    writeFileSync(path, content);
    return path;
  };
  const every: Environment = {
    ...COMPLETE,
    LKPS_DATABASE_ADMIN_URL: 'postgres://owner:canary@db.internal/lkps',
    LKPS_MIGRATE_AT_START: 'true',
  };
  /** The environment in which `name` comes from this file. */
  const from = (name: string, path: string): Environment => ({
    ...every,
    [name]: undefined,
    [`${name}_FILE`]: path,
  });

  it.each(SECRETS)('%s is the same as in the environment', (name) => {
    const raw = every[name] ?? 'canary-of-a-secret-not-needed-0123456789';
    const given = { ...every, [name]: raw };
    const outcome = (env: Environment): string =>
      problemsOf(env).length > 0
        ? problemsOf(env).join()
        : JSON.stringify(parseServeConfig(env).secrets, reveal);
    for (const newline of ['', '\n', '\r\n']) {
      expect(outcome(from(name, file(`${raw}${newline}`)))).toBe(outcome(given));
    }
    const { config } = parseServeConfig(every);
    expect(risksOf(config, from(name, file(raw)))).toEqual(risksOf(config, given));
  });

  it('is followed through a link, as Kubernetes mounts it', () => {
    const link = join(directory, 'link');
    symlinkSync(file(PLANTED.subjectKey), link);
    expect(problemsOf(from('LKPS_SUBJECT_KEY', link))).toEqual([]);
  });

  it('is what contradictions are looked for in', () => {
    const env = from('LKPS_SUBJECT_KEY', file(PLANTED.livekitSecret));
    expect(problemsOf(env)).toEqual([
      'LKPS_SUBJECT_KEY: holds a secret that LKPS_LIVEKIT_KEYS holds already',
    ]);
  });

  it('serves `lkps migrate` as well', () => {
    const urls = {
      adminUrl: every['LKPS_DATABASE_ADMIN_URL'] ?? '',
      serviceUrl: every['LKPS_DATABASE_URL'] ?? '',
    };
    const { adminUrl, serviceUrl } = parseMigrateConfig({
      LKPS_DATABASE_ADMIN_URL_FILE: file(urls.adminUrl),
      LKPS_DATABASE_URL_FILE: file(`${urls.serviceUrl}\n`),
    });
    expect({ adminUrl: adminUrl.reveal(), serviceUrl: serviceUrl.reveal() }).toEqual(urls);
  });

  const name = 'LKPS_PROXY_SECRETS';
  const unfit: readonly (readonly [string, () => string, string])[] = [
    ['is missing', () => join(directory, 'nothing-here'), 'the file cannot be read (ENOENT)'],
    ['has no name', () => '', 'the file cannot be read (ENOENT)'],
    ['is a directory', () => directory, 'does not name a file'],
    ['is empty', () => file(''), 'the file is empty'],
    ['is a newline', () => file('\n'), 'the file is empty'],
    ['is too large', () => file('x'.repeat(65_537)), 'the file is larger than 65536 bytes'],
    [
      'is no text',
      () => file(Uint8Array.of(0xff, 0xfe, 0x41)),
      'the file cannot be read (ERR_ENCODING_INVALID_ENCODED_DATA)',
    ],
    ['is a pipe nobody writes to', () => pipe(), 'does not name a file'],
    ['is below a file', () => join(file('x'), 'y'), 'the file cannot be read (ENOTDIR)'],
  ];
  const pipe = (): string => {
    const path = join(directory, `pipe-${++files}`);
    execFileSync('mkfifo', [path]);
    return path;
  };

  it.each(unfit)('that %s is one problem, by the name of the variable', (_, path, why) => {
    expect(problemsOf(from(name, path()))).toEqual([`${name}_FILE: ${why}`]);
  });

  it('beside the same secret in the environment is a problem: one of them would not be read', () => {
    const env = { ...every, [`${name}_FILE`]: file('another-secret-that-is-32-bytes-long') };
    expect(problemsOf(env)).toEqual([`${name}_FILE: ${name} is set too; one must go`]);
  });

  it('that does not fit is a problem of the setting, and its content is never said', () => {
    const planted = 'canary-content';
    expect(problemsOf(from(name, file(planted)))).toEqual([
      `${name}: needs random secrets of at least 32 characters, visible ASCII`,
    ]);
    expect(problemsOf(from(name, planted)).join()).not.toContain(planted); // the secret itself, set as the file
  });

  it('is not taken for a setting that is no secret', () => {
    mkdirSync(join(directory, 'sub'));
    const env = { ...COMPLETE, LKPS_REGION: undefined, LKPS_REGION_FILE: file('eu') };
    expect(problemsOf(env)).toEqual(['LKPS_REGION: is required']);
  });
});

function reveal(_: string, value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : value;
}
