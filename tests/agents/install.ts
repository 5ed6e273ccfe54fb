import { fileURLToPath } from 'node:url';
import { installPython } from '../support/python-environment.ts';

/** Generations of the library that agents are written with; 1.4 is what `~=1.4.4` resolves to, with `openai<3`. */
export const GENERATIONS = ['1.4', '1.8'] as const;

export type Generation = (typeof GENERATIONS)[number];

/** The Python that has one of them. */
export function installAgents(generation: Generation, say: (text: string) => void): Promise<string> {
  const requirements = fileURLToPath(new URL(`./requirements-${generation}.txt`, import.meta.url));
  return installPython({ name: 'livekit-agents', requirements }, say);
}
