import { registered, type AttackScene } from './attack-scene.ts';
import { takeOwnJob } from './attack-own-jobs.ts';
import { joinedBare } from './livekit-signalling.ts';

/**
 * Every kind of token that a platform lets out of its hands, but for the one that opens its own `/agent`. The refreshed ones
 * are what LiveKit itself makes of them for whoever joined.
 */
export type TokensOut = Readonly<
  Record<'participant' | 'job' | 'refreshedParticipant' | 'refreshedJob', string>
>;

/** From a job of the attacking team, as it comes by them in all honesty. */
export async function gatherTokens(scene: AttackScene): Promise<TokensOut> {
  const worker = await registered(scene);
  const { jobToken, callerToken } = await takeOwnJob(scene, worker);
  const [refreshedParticipant, refreshedJob] = await Promise.all([
    refreshed(scene, callerToken),
    refreshed(scene, jobToken),
  ]);
  await worker.close();
  return { participant: callerToken, job: jobToken, refreshedParticipant, refreshedJob };
}

async function refreshed({ livekitUrl }: AttackScene, token: string): Promise<string> {
  const client = await joinedBare({ livekitUrl, token });
  const newer = await client.refreshedToken();
  client.close();
  return newer;
}

const CALLS = [
  [
    'RoomService',
    ['CreateRoom', 'ListRooms', 'DeleteRoom', 'ListParticipants', 'RemoveParticipant', 'SendData'],
  ],
  ['AgentDispatchService', ['CreateDispatch', 'ListDispatch', 'DeleteDispatch']],
  ['Egress', ['StartRoomCompositeEgress', 'ListEgress']],
  ['Ingress', ['ListIngress']],
  ['SIP', ['ListSIPOutboundTrunk']],
] as const;

/** LiveKit's own API, called with a token that is for something else: what was not refused. */
export async function answeredCalls(url: string, token: string, room: string): Promise<readonly string[]> {
  const calls = CALLS.flatMap(([service, methods]) =>
    methods.map((method) => `livekit.${service}/${method}`),
  );
  const outcomes = await Promise.all(
    calls.map(async (call) => {
      const response = await fetch(`${url}/twirp/${call}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ room, name: room, identity: 'ada', agent_name: 'x', room_name: room }),
      });
      await response.body?.cancel();
      return { call, status: response.status };
    }),
  );
  return outcomes.filter(({ status }) => status !== 401).map(({ call, status }) => `${call} ${status}`);
}
