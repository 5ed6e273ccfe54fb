import { JobType } from '@livekit/protocol';
import { field, joined } from '../frames/wire.ts';
import { patiently, register, registered, type Attack, type AttackScene } from './attack-scene.ts';
import type { RawWorker } from './attack-worker.ts';

/** The whole of a worker's load is in its own word: less than nothing makes LiveKit give it nearly every job. */
const GREEDY = { case: 'updateWorker', value: { status: 0, load: -1e9 } } as const;

/** Ways to get the jobs of another team, or a copy of them, by how a worker registers. */
export const NAME_ATTACKS: readonly Attack[] = [
  {
    name: 'under the name of the other team',
    refusal: 'wrong_agent_name',
    run: (scene) => share(scene, () => registered(scene, { as: scene.victim })),
  },
  {
    name: 'under the name of the other team, in a namespace: a copy of each job',
    refusal: 'wrong_agent_name',
    run: (scene) => share(scene, () => registered(scene, { as: scene.victim, namespace: 'tap' })),
  },
  {
    name: 'under its own name first and the other in the same message',
    refusal: 'malformed_frame',
    run: (scene) =>
      share(scene, () =>
        spoken(scene, joined(field(1, field(8, scene.own)), field(1, field(8, scene.victim)))),
      ),
  },
  {
    name: 'for a job with every participant of the other team',
    refusal: 'wrong_agent_name',
    run: (scene) => share(scene, () => registered(scene, { as: scene.victim, type: JobType.JT_PARTICIPANT })),
  },
];

/** Ways to get jobs that are nobody's, and so might be anybody's. */
export const NAMELESS_ATTACKS: readonly Attack[] = [
  {
    name: 'under no name: every room that names no agent',
    refusal: undefined,
    run: async (scene: AttackScene): Promise<readonly string[]> => {
      const worker = await registered(scene, { as: '' });
      await scene.openRoom();
      return patiently(scene, worker);
    },
  },
  {
    name: 'under no name, in a namespace',
    refusal: undefined,
    run: async (scene: AttackScene): Promise<readonly string[]> => {
      const worker = await registered(scene, { as: '', namespace: 'tap' });
      await scene.openRoom();
      return patiently(scene, worker);
    },
  },
];

/** What LiveKit itself refuses, and the gateway before it. */
export const POINTLESS_NAMES: readonly Attack[] = [
  {
    name: 'as itself, and then again as the other team',
    refusal: 'second_register',
    run: (scene) =>
      share(scene, async () => {
        const worker = await registered(scene);
        worker.say(register(scene.victim));
        await worker.settled();
        return worker;
      }),
  },
  {
    name: 'under the name of the other team, in a deployment',
    refusal: 'wrong_agent_name',
    run: (scene) => share(scene, () => registered(scene, { as: scene.victim, deployment: 'next' })),
  },
  {
    name: 'as itself, for a job with every participant',
    refusal: 'wrong_job_type',
    run: (scene) => share(scene, () => registered(scene, { type: JobType.JT_PARTICIPANT })),
  },
  {
    name: 'as itself, for a job with everybody who publishes',
    refusal: 'wrong_job_type',
    run: (scene) => share(scene, () => registered(scene, { type: JobType.JT_PUBLISHER })),
  },
];

async function share(scene: AttackScene, arrive: () => Promise<RawWorker>): Promise<readonly string[]> {
  const worker = await arrive();
  worker.say(GREEDY);
  await worker.settled();
  if (worker.closeCode() === 0) {
    await scene.callVictim();
  }
  return patiently(scene, worker);
}

async function spoken({ connect }: AttackScene, frame: Uint8Array): Promise<RawWorker> {
  const worker = await connect();
  worker.send(frame);
  await worker.settled();
  return worker;
}
