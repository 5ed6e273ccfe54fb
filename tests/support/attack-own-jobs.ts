import { JobStatus } from '@livekit/protocol';
import { decodeJwt } from 'jose';
import { grantsIn, register, registered, type Attack, type AttackScene } from './attack-scene.ts';
import type { RawWorker } from './attack-worker.ts';

/** Ways to make more of a job of one's own than a job. */
export const OWN_JOB_ATTACKS: readonly Attack[] = [
  {
    name: 'unseen: hidden is among the permissions it asks for',
    refusal: undefined,
    run: (scene) =>
      withOwnJob(scene, registered(scene, { allowedPermissions: { ...ALL, hidden: true } }), (token) =>
        grantsIn(token)['hidden'] === true ? ['a token to be in a room unseen'] : [],
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

/** Of a job that is not its own it says that it is over. The teams have changed places: here the other one attacks. */
export const ENDING_ATTACK: Attack = {
  name: 'the end of a job that is not its own',
  refusal: undefined,
  run: async (scene) => {
    const worker = await registered(scene);
    const { room, jobId } = await takeOwnJob(scene, worker);
    const intruder = await scene.connectOther();
    intruder.say(register(scene.victim));
    for (const status of [JobStatus.JS_FAILED, JobStatus.JS_SUCCESS]) {
      intruder.say({ case: 'updateJob', value: { jobId, status } });
    }
    await intruder.settled();
    await intruder.close();
    await scene.endJobs(room);
    const told = worker.first(
      (message) => (message.case === 'termination' ? message.value.jobId : undefined),
      HEARD_MS,
    );
    const loot = await told.then(
      () => [],
      () => ['nobody tells the worker that its job is over'],
    );
    await worker.close();
    return loot;
  },
};

/** LiveKit itself takes five seconds to tell. */
const HEARD_MS = 6500;
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
  readonly room: string;
  readonly jobId: string;
  readonly jobToken: string;
  readonly callerToken: string;
}

export async function takeOwnJob({ callOwn }: AttackScene, worker: RawWorker): Promise<OwnJob> {
  const { room, callerToken } = await callOwn();
  const { job, token } = await worker.first((message) =>
    message.case === 'assignment' && message.value.job?.room?.name === room ? message.value : undefined,
  );
  return { room, jobId: job?.id ?? '', jobToken: token, callerToken };
}
