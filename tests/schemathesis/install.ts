import { fileURLToPath } from 'node:url';
import { installPython } from '../support/python-environment.ts';

const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/** The Python that has schemathesis. */
export function installSchemathesis(say: (text: string) => void): Promise<string> {
  return installPython({ name: 'schemathesis', requirements }, say);
}
