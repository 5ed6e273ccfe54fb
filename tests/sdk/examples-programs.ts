import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../examples/agents/', import.meta.url);
export const EXAMPLES_FOLDER = fileURLToPath(FOLDER);

/** What a client does, in the words of `examples_client.py`. */
export type Step = Readonly<{
  say?: string;
  expect?: string;
  camera?: readonly [number, number, number];
}>;

const IN_WRITING = {
  tools: [
    { expect: 'Which greenhouse' },
    { say: 'How warm is it in A?', expect: 'says: 21.5 degrees' },
    { say: 'Thank you', expect: 'by its letter' },
  ],
  handoff: [
    { expect: 'This is the reception' },
    { say: 'Who are you?', expect: 'our expert for soil' },
    { say: 'It is about soil.', expect: 'This is the expert for soil' },
    { say: 'Which holds more water?', expect: 'Loose soil' },
    { say: 'Please take me back.', expect: 'This is the reception' },
  ],
  video: [{ camera: [250, 20, 20] }, { say: 'What do you see?', expect: 'mostly red' }],
} as const satisfies Readonly<Record<string, readonly Step[]>>;

/** Of the migration guide, before as after: by the model's tool, spoken by the provider. */
export const MIGRATION: readonly Step[] = [
  { expect: 'which order is it about' },
  { say: 'Where is order 17?', expect: 'Your order is on its way' },
];

export type Written = keyof typeof IN_WRITING;
export const WRITTEN: readonly Written[] = ['tools', 'handoff', 'video'];

export function stepsOf(example: Written): readonly Step[] {
  return IN_WRITING[example];
}
