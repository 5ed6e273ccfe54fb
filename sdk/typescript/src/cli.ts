import { parseArgs } from 'node:util';
import { cli, initializeLogger, ServerOptions } from '@livekit/agents';
import { removeLiveKitVariables } from './environment.ts';
import { EXIT_CODES, exitCodeOf, SettingsError, WorkerFailed } from './errors.ts';
import { MESSAGES, say } from './log.ts';
import type { WorkerOptions } from './options.ts';
import type { ServeMode } from './live.ts';
import { firstLine } from './redacted.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const USAGE = `usage: node <agent file> [start | dev | console | download-files] [--log-level <level>]

  start            work until stopped, then let running jobs finish (the default)
  dev              the same for development: readable logs, never full, ends at once
  console          upstream's console: one job in this process, without the platform
  download-files   upstream's: files that plugins need

  --log-level      ${LEVELS.join(', ')}
`;

/** Ends the process with the exit code. */
export async function runCommand(
  argv: readonly string[],
  options: WorkerOptions,
  serve: (mode: ServeMode) => Promise<void>,
): Promise<void> {
  const [command = 'start'] = argv;
  if (command === 'console' || command === 'download-files') {
    removeLiveKitVariables(process.env);
    cli.runApp(new ServerOptions({ ...options }));
    return;
  }
  process.exit(await runWorker(argv, options, serve));
}

async function runWorker(
  argv: readonly string[],
  options: WorkerOptions,
  serve: (mode: ServeMode) => Promise<void>,
): Promise<number> {
  const parsed = parse(argv);
  if (typeof parsed === 'string') {
    const isHelp = parsed === '';
    (isHelp ? process.stdout : process.stderr).write(isHelp ? USAGE : `${parsed}\n\n${USAGE}`);
    return isHelp ? EXIT_CODES.stopped : EXIT_CODES.settings;
  }
  const { devmode } = parsed;
  const level = parsed.level ?? process.env['LOG_LEVEL'] ?? options.logLevel ?? (devmode ? 'debug' : 'info');
  initializeLogger({ pretty: devmode, level });
  const code = await untilEnded(serve, devmode);
  // A readable log is written a moment later.
  if (devmode) await new Promise((resolve) => setTimeout(resolve, 100));
  return code;
}

async function untilEnded(serve: (mode: ServeMode) => Promise<void>, devmode: boolean): Promise<number> {
  try {
    await Promise.race([serve({ devmode, stop: stopSignal() }), crash()]);
    say('info', MESSAGES.stopped, { exit_code: EXIT_CODES.stopped });
    return EXIT_CODES.stopped;
  } catch (error) {
    const reason = error instanceof SettingsError ? error.message : firstLine(error);
    const exitCode = exitCodeOf(error);
    // A person reads it once.
    say('error', MESSAGES.ends(reason), { ...(devmode ? {} : { reason }), exit_code: exitCode });
    return exitCode;
  }
}

/** What nobody caught, such as upstream's health port that is taken. Rejects. */
function crash(): Promise<never> {
  return new Promise((_, reject) => {
    process.once('uncaughtException', (error) => {
      reject(new WorkerFailed(`the worker failed: ${firstLine(error)}`));
    });
  });
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      stop.abort();
      return;
    }
    const reason = `a second signal (${name})`;
    say('warn', MESSAGES.ends(reason), { reason, exit_code: EXIT_CODES.forced });
    process.exit(EXIT_CODES.forced);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}

/** @returns what is wrong, or an empty text for `--help` */
function parse(argv: readonly string[]): { readonly devmode: boolean; readonly level?: string } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, 'log-level': { type: 'string' } },
    });
    const [command = 'start', ...more] = positionals;
    const level = values['log-level'];
    if (values.help === true) return '';
    if (command !== 'start' && command !== 'dev') return `there is no command ${JSON.stringify(command)}`;
    if (more.length > 0) return `one command at a time, not also ${JSON.stringify(more.join(' '))}`;
    if (level !== undefined && !LEVELS.includes(level)) return `--log-level is one of ${LEVELS.join(', ')}`;
    return { devmode: command === 'dev', ...(level === undefined ? {} : { level }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
