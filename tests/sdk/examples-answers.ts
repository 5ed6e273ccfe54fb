import { z } from 'zod';

const schema = z.object({
  register_url: z.string(),
  scope: z.string(),
  cases: z.array(
    z.object({
      status: z.number(),
      body: z.string(),
      refused: z.string().optional(),
      unavailable: z.string().optional(),
    }),
  ),
});

/** `<status> <code> | <outcome> | <message>` of every registration that fails, with what depends on the case in brackets. */
export function refusalsOf(answers: string): ReadonlySet<string> {
  const { register_url: url, scope, cases } = schema.parse(JSON.parse(answers));
  return new Set(
    cases.flatMap(({ status, body, refused, unavailable }) => {
      const message = refused ?? unavailable;
      if (message === undefined) return [];
      const code = /"code": "(\w+)"/.exec(body)?.[1];
      const told = message
        .replace(/ \((?:HTTP [^)]*, )?request req-1\)$/, '')
        .replace(url, '<address>')
        .replace(scope, '<scope>')
        .replace(/no usable \w+/, 'no usable <field>')
        .replace(
          /the region \w+, and this agent is set to \w+/,
          'the region <theirs>, and this agent is set to <yours>',
        );
      const outcome = refused === undefined ? 'unavailable' : 'refused';
      return [`${status}${code === undefined ? '' : ` ${code}`} | ${outcome} | ${told}`];
    }),
  );
}
