import { CANARY, CANARY_EMAIL } from './canaries.ts';
import type { Header } from './message.ts';

export const PROOF = 'x-lkps-proxy-proof';
export const USER_ID = '5b0f3c1e-8d7a-4a44-9d0e-2f6c1b9a7e55';
/** Of nobody. */
export const STRANGER = 'ffffffff-ffff-4fff-8fff-ffffffffffff';

/** Who is calling, as Ocelot says it. */
export interface Caller {
  readonly client: 'agent-a' | 'agent-b' | 'client-a' | 'client-b';
  readonly kind: 'application' | 'user';
}

export function identityOf({ client, kind }: Caller): string {
  return kind === 'user' ? `user-${USER_ID}` : `app-{{${client}}}`;
}

/** The headers that Ocelot injects, and its proof. */
export function callerHeaders({ client, kind }: Caller): readonly Header[] {
  const profile = {
    firstName: 'Zo\u00eb',
    displayName: `Zo\u00eb ${CANARY}`,
    email: CANARY_EMAIL,
    user_id: USER_ID,
  };
  return [
    [PROOF, '{{proof}}'],
    ['client-id', `{{${client}}}`],
    ['user-id', kind === 'user' ? USER_ID : `{{${client}.sp}}`],
    ...(kind === 'user'
      ? ([
          ['x-bayer-user', CANARY_EMAIL],
          ['user-profile', Buffer.from(JSON.stringify(profile), 'utf8').toString('latin1')],
        ] as const)
      : []),
  ];
}
