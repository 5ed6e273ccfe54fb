import { JobStatus } from '@livekit/protocol';
import { decodeJwt } from 'jose';
import { grantsIn, registered, type Attack, type AttackScene } from './attack-scene.ts';
import type { RawWorker } from './attack-worker.ts';

/** Ways to make more of a job of one's own than a job. */
export const OWN_JOB_ATTACKS: readonly Attack[] = [
  {
    name: 'unseen: hidden is among the permissions it asks for',
    refusal: undefined,
    run: (scene) =>
      withOwnJob(
        scene,
        registered(scene, { allowedPermissions: { ...ALL, hidden: true, recorder: true } }),
        (token) => ['hidden', 'recorder'].filter((name) => grantsIn(token)[name] === true),
      ),
  },
  {
    name: 'as somebody else: it chooses the identity of the caller',
    refusal: undefined,
    run: (scene) =>
      withOwnJob(
        scene,
        registered(scene, {}, () => ({ participantIdentity: scene.caller })),
        (token) => (decodeJwt(token).sub === scene.caller ? ['a token to be the caller'] : []),
      ),
  },
  {
    name: 'with attributes that only the platform gives',
    refusal: undefined,
    run: (scene) =>
      withOwnJob(
        scene,
        registered(scene, {}, () => ({ participantAttributes: FALSE_NAMES })),
        (token) => {
          const told: unknown = decodeJwt(token)['attributes'];
          const names = Object.entries(typeof told === 'object' && told !== null ? told : {});
          return names
            .filter(([name, value]) => FALSE_NAMES[name] === value)
            .map(([name]) => `attribute ${name}`);
        },
      ),
  },
  {
    name: 'as a worker: with the token of a job',
    refusal: undefined,
    run: (scene) =>
      withOwnJob(scene, registered(scene), (token) =>
        grantsIn(token)['agent'] === true ? ['a worker token'] : [],
      ),
  },
];

/** Of a job that is not its own it says that it is over. */
export const ENDING_ATTACK: Attack = {
  name: 'the end of a job that is not its own',
  refusal: undefined,
  run: async (scene) => {
    const worker = await registered(scene);
    for (const status of [JobStatus.JS_FAILED, JobStatus.JS_SUCCESS]) {
      worker.say({ case: 'updateJob', value: { jobId: scene.jobId, status } });
    }
    await worker.settled();
    await worker.close();
    return (await scene.endJob()) === 'told' ? [] : ['nobody tells the other worker that its job is over'];
  },
};

const ALL = { canPublish: true, canSubscribe: true, canPublishData: true, canUpdateMetadata: true };
const FALSE_NAMES: Readonly<Record<string, string>> = {
  'lkps.session_id': 'false',
  'LKPS.user_id': 'false',
  'lk.agent.state': 'false',
};

/** Runs with the token of a job that was made for the attacking team. */
async function withOwnJob(
  scene: AttackScene,
  arriving: Promise<RawWorker>,
  judge: (token: string) => readonly string[],
): Promise<readonly string[]> {
  const worker = await arriving;
  const { jobToken } = await takeOwnJob(scene, worker);
  await worker.close();
  return judge(jobToken);
}

export interface OwnJob {
  readonly jobToken: string;
  readonly callerToken: string;
}

/** LiveKit on a busy machine now and then finds no worker in time; then somebody calls again. */
export async function takeOwnJob(scene: AttackScene, worker: RawWorker, calls = 4): Promise<OwnJob> {
  const { room, callerToken } = await scene.callOwn();
  const assigned = worker.first(
    (message) =>
      message.case === 'assignment' && message.value.job?.room?.name === room
        ? message.value.token
        : undefined,
    OFFERED_MS,
  );
  const jobToken = await (calls > 1 ? assigned.catch(() => undefined) : assigned);
  return jobToken === undefined ? takeOwnJob(scene, worker, calls - 1) : { jobToken, callerToken };
}

const OFFERED_MS = 3000;
