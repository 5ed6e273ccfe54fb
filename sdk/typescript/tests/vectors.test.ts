import { describe, expect, it } from 'vitest';
import { readAnswer } from '../src/answer.ts';
import { AROUND } from '../src/around.ts';
import { ReconnectPace } from '../src/connection.ts';
import { entraFailure } from '../src/entra-failure.ts';
import { EXIT_CODES, RegistrationRefused, RegistrationUnavailable, SettingsError } from '../src/errors.ts';
import { MESSAGES } from '../src/log.ts';
import { quoted } from '../src/redacted.ts';
import { renewalDelayMs, retryDelayMs } from '../src/schedule.ts';
import { readSettings } from '../src/settings.ts';
import { thrownBy } from './support/thrown-by.ts';
import { answerVectors, messageVectors, scheduleVectors, settingsVectors } from './support/vectors.ts';

/** What both SDKs are held to: sdk/vectors. */
describe('settings', () => {
  it.each(settingsVectors.cases)('$name', ({ env, settings, problems }) => {
    if (problems !== undefined) {
      const error = thrownBy(() => readSettings(env, {}, false));
      const message = [
        settingsVectors.message.split('\n')[0],
        ...problems.map((problem) => `  - ${problem}`),
      ];
      expect(error).toBeInstanceOf(SettingsError);
      expect(error).toMatchObject({ problems, message: message.join('\n') });
      return;
    }
    const { registerUrl, scope, credential, startTimeoutMs, ...rest } = readSettings(env, {}, false);
    expect({
      register_url: registerUrl,
      scope,
      credential,
      start_timeout_ms: startTimeoutMs,
      ...rest,
    }).toEqual(settings);
  });
});

describe('answers to a registration', () => {
  const { cases, ...asked } = answerVectors;
  const question = {
    registerUrl: asked.register_url,
    scope: asked.scope,
    region: asked.region,
    requestId: asked.request_id,
    nowMs: 0,
  };

  it.each(cases)('$name', ({ status, headers, body, registered, refused, ...unavailable }) => {
    const read = () => readAnswer({ status, headers: new Headers(headers), body }, question);
    if (registered !== undefined) {
      const { token, livekit_url, agent_name, expires_at, region, life_ms } = registered;
      const registration = read();
      expect(registration).toMatchObject({
        livekitUrl: livekit_url,
        agentName: agent_name,
        expiresAt: expires_at,
        region,
        lifeMs: life_ms,
        requestId: question.requestId,
      });
      expect(registration.revealToken()).toBe(token);
    } else if (refused !== undefined) {
      const error = thrownBy(read);
      expect(error).toBeInstanceOf(RegistrationRefused);
      expect(error).toMatchObject({ message: refused });
    } else {
      const error = thrownBy(read);
      expect(error).toBeInstanceOf(RegistrationUnavailable);
      expect(error).toMatchObject({
        message: unavailable.unavailable,
        retryAfterMs: unavailable.retry_after_ms,
      });
    }
  });

  it("without a date: by this machine's own clock", () => {
    const [first] = cases;
    const nowMs = Date.parse('2026-11-21T12:59:00Z');
    const answer = { status: 200, headers: new Headers(), body: first?.body ?? '' };
    expect(readAnswer(answer, { ...question, nowMs }).lifeMs).toBe(60_000);
  });
});

describe('the schedule', () => {
  it.each(scheduleVectors.renewal)('renews a life of $life_ms ms after $delay_ms ms', (row) => {
    expect(renewalDelayMs(row.life_ms, row.random)).toBeCloseTo(row.delay_ms, 3);
  });

  it.each(scheduleVectors.retry)('tries for the $attempt. time after $delay_ms ms', (row) => {
    expect(retryDelayMs(row.attempt, row.random)).toBeCloseTo(row.delay_ms, 3);
  });
});

describe('the pace of coming back', () => {
  it.each(scheduleVectors.reconnects)('$name', ({ losses }) => {
    const clock = { ms: 0 };
    const pace = new ReconnectPace({ now: () => clock.ms, random: () => 1 });
    const attempts = losses.map(({ kind, lived_ms }) => {
      pace.connected();
      clock.ms += lived_ms;
      return pace.lost({ kind, reason: '' }).attempt;
    });
    expect(attempts).toEqual(losses.map(({ attempt }) => attempt));
  });
});

describe("of somebody else's text is shown", () => {
  it.each(messageVectors.quoted)('$name', ({ secrets, text, shown }) => {
    expect(quoted(text, secrets)).toBe(shown);
  });
});

describe('of what Entra says is shown', () => {
  it.each(messageVectors.entra)('$name', ({ said, shown }) => {
    const error = Object.assign(new Error(said), { name: 'AuthenticationError', statusCode: 401 });
    expect(entraFailure(error, { credential: 'client_secret' }).message).toBe(`Entra refuses: ${shown}`);
  });
});

it('exit codes and messages are those of both SDKs', () => {
  expect(EXIT_CODES).toEqual(messageVectors.exit_codes);
  const { removed, ends, ...plain } = MESSAGES;
  expect({ ...plain, removed: removed('{names}'), ends: ends('{reason}') }).toEqual(messageVectors.log);
  expect(AROUND('{name}', '{instead}')).toBe(messageVectors.around);
});
