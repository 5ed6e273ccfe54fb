import { AgentServer as UpstreamServer, cli as upstreamCli } from '@livekit/agents';
import { EXIT_CODES, SettingsError } from './errors.ts';

/** What of upstream would go around the platform, replaced by errors that say what to write. */

/** The same in every SDK. */
export const AROUND = (name: string, instead: string): string =>
  `${name} needs a LiveKit API key: write ${instead}`;
const INSTEAD = 'new Worker({ agent: fileURLToPath(import.meta.url) }).run()';

/** `runApp` says so and ends the process, as it does anyhow: {@link Worker} runs the agent. */
export const cli: Omit<typeof upstreamCli, 'runApp'> & { readonly runApp: (...ignored: unknown[]) => never } =
  {
    ...upstreamCli,
    runApp: () => {
      process.stderr.write(`${refusal('cli.runApp()').message}\n`);
      process.exit(EXIT_CODES.settings);
    },
  };

/** Cannot be constructed: {@link Worker} makes its own. */
export const AgentServer: typeof UpstreamServer = new Proxy(UpstreamServer, {
  construct: () => {
    throw refusal('new AgentServer()');
  },
});
export type AgentServer = UpstreamServer;

function refusal(name: string): SettingsError {
  return new SettingsError([AROUND(name, INSTEAD)]);
}
