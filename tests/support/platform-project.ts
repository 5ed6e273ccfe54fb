import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The checkout that the tests run in. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface ToolRun {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Runs a tool of the project; a non-zero exit is an answer, not an error. */
export function runTool(name: string, args: readonly string[], cwd = ROOT): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    execFile(`${ROOT}node_modules/.bin/${name}`, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout) => {
      if (error !== null && typeof error.code !== 'number') {
        reject(new Error(`${name} did not run`, { cause: error }));
      } else {
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, stdout });
      }
    });
  });
}

/** The TypeScript files below a folder of the project, by their path in it; neither packages nor planted breaches. */
export async function sourcesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(`${ROOT}${folder}`, { recursive: true });
  return entries
    .filter((path) => path.endsWith('.ts') && !/(?:^|\/)(?:node_modules|fixtures)\//.test(path))
    .map((path) => `${folder}/${path}`)
    .sort();
}
