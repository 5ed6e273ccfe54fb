import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRACK_SOURCES, type WorkerPermissions, type WorkerRegister } from '../../core/index.ts';
import { LINE_AGENT, PHASES, play, REGISTER, said } from '../support/gateway-line.ts';

const EVERYTHING: WorkerPermissions = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateMetadata: true,
};

describe('a worker registers', () => {
  it.each(['', LINE_AGENT])('under the name of its token, whether it says so or nothing: %j', (agentName) => {
    expect(reported({ agentName })).toEqual({
      kind: 'register',
      agentName: LINE_AGENT,
      version: '1.4.6',
      pingInterval: 0,
      permissions: EVERYTHING,
    });
  });

  it.each(['another', LINE_AGENT.toUpperCase(), `${LINE_AGENT} `, `${LINE_AGENT}.${LINE_AGENT}`, '*'])(
    'under no other name: %j',
    (agentName) => {
      expect(refusal({ agentName })).toBe('wrong_agent_name');
    },
  );

  it('for the jobs of rooms alone', () => {
    expect(refusal({ jobType: 'other' })).toBe('wrong_job_type');
  });

  it('with a version that can be shown', () => {
    expect(reported({ version: '1.9.0-rc.1+b' })).toMatchObject({ version: '1.9.0-rc.1+b' });
    expect(reported({ version: ' 1\n.\0é\u202E2' })).toMatchObject({ version: '1.2' });
    expect(reported({ version: 'v'.repeat(10_000) })).toMatchObject({ version: 'v'.repeat(64) });
  });

  it.each([
    [5, 5],
    [2.5, 2],
    [-0, 0],
    [-1, 0],
    [Number.NaN, 0],
    [2 ** 32 - 1, 2 ** 32 - 1],
    [2 ** 40, 2 ** 32 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 32 - 1],
  ])('with a ping interval that LiveKit can read: %d as %d', (pingInterval, told) => {
    expect(reported({ pingInterval })).toMatchObject({ pingInterval: told });
  });

  it('with the rights it asks for and no other', () => {
    const rights = fc.record(
      {
        canPublish: fc.boolean(),
        canSubscribe: fc.boolean(),
        canPublishData: fc.boolean(),
        canUpdateMetadata: fc.boolean(),
        canPublishSources: fc.array(fc.constantFrom(...TRACK_SOURCES)),
        hidden: fc.constant(true),
        recorder: fc.constant(true),
        roomAdmin: fc.constant(true),
      },
      { requiredKeys: ['canPublish', 'canSubscribe', 'canPublishData', 'canUpdateMetadata'] },
    );
    fc.assert(
      fc.property(rights, (permissions) => {
        const { canSubscribe, canPublishData, canUpdateMetadata, canPublishSources: sources } = permissions;
        const canPublish = permissions.canPublish && sources?.length !== 0;
        const told = {
          canPublish,
          canSubscribe,
          canPublishData,
          canUpdateMetadata,
          ...(canPublish && sources !== undefined
            ? { canPublishSources: TRACK_SOURCES.filter((source) => sources.includes(source)) }
            : {}),
        };
        expect(reported({ permissions })).toStrictEqual({
          kind: 'register',
          agentName: LINE_AGENT,
          version: '1.4.6',
          pingInterval: 0,
          permissions: told,
        });
        expect(play(PHASES.opening, said({ ...REGISTER, permissions })).line.permissions).toEqual(told);
      }),
    );
  });
});

function reported(change: Partial<WorkerRegister>): unknown {
  const { effects } = play(PHASES.opening, said({ ...REGISTER, ...change }));
  expect(effects).toHaveLength(1);
  const [effect] = effects;
  return effect?.kind === 'tell_server' ? effect.report : effect;
}

function refusal(change: Partial<WorkerRegister>): string {
  const { line, effects } = play(PHASES.opening, said({ ...REGISTER, ...change }));
  expect(line.phase).toBe('closed');
  const [refused, close, ...more] = effects;
  expect(more).toEqual([]);
  expect(refused?.kind).toBe('refused');
  return close?.kind === 'close' ? close.reason : expect.unreachable();
}
