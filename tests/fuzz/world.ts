import { createHash, createHmac } from 'node:crypto';
import type { Stack } from '../../dev/stack.ts';

export type ValueName =
  'proof' | `${'agent-a' | 'agent-b' | 'client-a' | 'client-b' | 'client-unlisted'}${'' | '.sp'}`;

/** What stands for `{{name}}` in a plan. */
export interface World {
  readonly fill: (text: string) => string;
  readonly value: (name: ValueName) => string;
  /** With `{{signature}}`, LiveKit's over this body. */
  readonly signed: (body: string) => Pick<World, 'fill'>;
}

export function worldOf({
  accounts,
  proof,
  webhookKey,
}: Pick<Stack, 'accounts' | 'proof' | 'webhookKey'>): World {
  const values = new Map<string, string>([['proof', proof.value]]);
  for (const [name, app] of Object.entries(accounts.apps)) {
    values.set(name, app.clientId);
    values.set(`${name}.sp`, app.servicePrincipalId);
  }
  const fillFrom =
    (known: ReadonlyMap<string, string>) =>
    (text: string): string =>
      text.includes('{{')
        ? text.replace(/\{\{([a-z.-]+)\}\}/g, (all, name: string) => known.get(name) ?? all)
        : text;
  return {
    fill: fillFrom(values),
    value: (name) => values.get(name) ?? '',
    signed: (body) => ({
      fill: (text) =>
        text.includes('{{signature}}')
          ? fillFrom(new Map([['signature', signature(webhookKey, body)]]))(text)
          : fillFrom(values)(text),
    }),
  };
}

/** A JWT (HS256) with the hash of the body, as LiveKit's webhooks carry it. */
function signature(key: Stack['webhookKey'], body: string): string {
  const sha256 = createHash('sha256').update(Buffer.from(body, 'latin1')).digest('base64');
  const claims = { iss: key.id, exp: Math.floor(Date.now() / 1000) + 300, sha256 };
  const unsigned = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${unsigned}.${createHmac('sha256', key.secret).update(unsigned).digest('base64url')}`;
}
