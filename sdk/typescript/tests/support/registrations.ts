import { readAnswer } from '../../src/answer.ts';
import { Registration, type RegistrationFields } from '../../src/registration.ts';
import { registrationBody } from './local-server.ts';

export const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoiYWdlbnQifQ.c2lnbmF0dXJlLW9mLWFuLWFnZW50';

export function registration(fields: Partial<RegistrationFields> = {}): Registration {
  return new Registration({
    token: TOKEN,
    livekitUrl: 'wss://gateway.example',
    agentName: '11111111-2222-4333-8444-555555555555',
    expiresAt: '2026-11-21T13:00:00Z',
    region: 'eu',
    requestId: 'req-1',
    lifeMs: 3_600_000,
    ...fields,
  });
}

/** As the SDK reads it out of the platform's answer. */
export function readRegistration(lifeMs: number): Registration {
  const body = registrationBody({ expires_at: new Date(lifeMs).toISOString() });
  const question = { registerUrl: 'https://lkps.example', scope: '', requestId: 'req-1', nowMs: 0 };
  return readAnswer({ status: 200, headers: new Headers(), body }, question);
}
