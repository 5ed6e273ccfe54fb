/** The SDKs, each with the application of the stack that its agents are of. */
export const LANGUAGES = ['python', 'typescript'] as const;

export type Language = (typeof LANGUAGES)[number];

export const APP = { python: 'agent-a', typescript: 'agent-b' } as const;
export const CLIENT = { python: 'client-a', typescript: 'client-b' } as const;

/** One law, of both SDKs at the same time; rejects with what each of them did not do. */
export async function inBoth(law: (language: Language) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(LANGUAGES.map((language) => law(language)));
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ language: LANGUAGES[index], reason: outcome.reason as unknown }] : [],
  );
  const [first] = failures;
  if (first === undefined) return;
  const said = failures.map(({ language, reason }) => `${String(language)}: ${textOf(reason)}`);
  throw new Error(said.join('\n\n'), { cause: first.reason });
}

function textOf(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}

/** `npm run conformance`: what is tried in turns elsewhere, all of it; and the newest generation of the Python library. */
export const EVERY_ROUND = process.env['LKPS_CONFORMANCE'] === 'full';
