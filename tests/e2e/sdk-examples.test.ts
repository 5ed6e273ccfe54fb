import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, runClient } from '../../dev/client-process.ts';
import { readGuide } from '../sdk/examples-guide.ts';
import { MIGRATION, stepsOf, WRITTEN } from '../sdk/examples-programs.ts';
import { openExampleStage, type Acting, type ExampleStage } from '../sdk/examples-stage.ts';

const LANGUAGES = [
  { language: 'python', extension: 'py' },
  { language: 'typescript', extension: 'ts' },
] as const;
const CASES = LANGUAGES.flatMap((each) => WRITTEN.map((example) => ({ ...each, example })));
const FOLDERS = ['python', 'migration'];
const RUFF = ['--no-cache', '--config', '../../sdk/python/pyproject.toml'];
const STYLE = [
  ['ruff', 'format', '--diff', ...RUFF, ...FOLDERS],
  ['ruff', 'check', ...RUFF, ...FOLDERS],
  ['mypy', '--strict', ...FOLDERS],
];
const withoutRoom = (line: string): string => line.replace(/\bs-[0-9a-f]{32}$/, 's-..');
const SUMMARY = /the session had \d+ items/;

/** examples/agents, as they are, each in a session with a real client. `dev` ends with 0 when it is told to. */
describe('the example agents', { timeout: 900_000 }, () => {
  let stage: ExampleStage;
  beforeAll(async () => {
    stage = await openExampleStage();
  });
  afterAll(() => stage.close());

  it.concurrent.for(LANGUAGES)(
    'echo of $language plays back what it hears',
    async ({ language, extension }) => {
      const { code } = await stage.onPlatform(`${language}/echo.${extension}`, async (seat) => {
        const run = await runClient(seat, ['try', '--attempt', 'tone', '--timeout', '60']);
        expect(eventOf(run, 'audio_echoed')['heard_hz']).toBeGreaterThan(0);
      });
      expect(code).toBe(0);
    },
  );

  it.concurrent.for(CASES)(
    '$example of $language says what it promises',
    async ({ example, language, extension }) => {
      const { code } = await stage.onPlatform(`${language}/${example}.${extension}`, (seat) =>
        stage.talk(seat, stepsOf(example)),
      );
      expect(code).toBe(0);
    },
  );

  it.concurrent.for(LANGUAGES)(
    'the assistant of $language does the same on the platform as on a LiveKit of its own',
    async ({ extension }) => {
      const talk: Acting = async (seat, logged) => {
        await stage.talk(seat, MIGRATION);
        await logged('has left');
      };
      await stage.onPlainLiveKit(`migration/before.${extension}`, talk);
      const after = await stage.onPlatform(`migration/after.${extension}`, talk);
      expect(after.code).toBe(0);
      // Of the one before, the library's own `dev` may lose the last words of a job that it ends.
      expect(after.output.join('\n')).toMatch(SUMMARY);
    },
  );

  it.concurrent.for(LANGUAGES)(
    'what getting-started says, line by line: an agent of $language answers its client',
    async ({ language }) => {
      const { stack, agents, client, said } = await readGuide();
      await stage.terminals(async ({ first, second, third }) => {
        expect(await first(stack)).toEqual({ code: 0, lines: [] });
        const { code } = await second(agents[language] ?? [], async () => {
          const { code, lines } = await third(client);
          expect({ code, lines: lines.map(withoutRoom) }).toEqual({ code: 0, lines: said.map(withoutRoom) });
        });
        expect(code).toBe(0);
      });
    },
  );

  it.concurrent(
    "what the stack tells of itself is found below npm's banner too, and the machine trusts whom it trusted",
    () =>
      stage.terminals(async ({ stackFile, first, third }) => {
        const { stack, client } = await readGuide();
        const settings = client.map((line) => line.replace(/^eval "\$\((.*)\)"$/, '$1')).slice(0, 1);
        await first(stack);
        const told = await third(settings);
        await first(stack.map((line) => line.replace(' -s ', ' ')));
        expect(await readFile(stackFile, 'utf8')).toMatch(/^> /m);
        expect(await third(settings)).toEqual(told);

        const bundle = `${stackFile}.pem`;
        expect(told.lines).toContain(`export REQUESTS_CA_BUNDLE='${bundle}'`);
        const authorities = await readFile(bundle, 'utf8');
        const missing = [...rootCertificates, await readFile(stage.description.entra.ca_file, 'utf8')].filter(
          (pem) => !authorities.includes(pem.trim()),
        );
        expect(missing).toEqual([]);
      }),
  );

  it("those in Python are of the SDK's style, and typed throughout", async () => {
    for (const args of STYLE) expect(await stage.module(args), args.join(' ')).toMatch(/^exit code 0\b/);
  });

  it('the assistants asked their provider, each with its key', () => {
    expect(stage.provider.asked).toContain('/v1/audio/speech with its key');
    expect(stage.provider.asked.filter((asked) => !asked.endsWith('with its key'))).toEqual([]);
  });
});
