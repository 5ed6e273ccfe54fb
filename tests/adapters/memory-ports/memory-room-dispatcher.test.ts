import { describeRoomDispatcher } from '../../contract/room-dispatcher.contract.ts';
import { MemoryRoomDispatcher } from '../../support/memory-room-dispatcher.ts';

describeRoomDispatcher('memory', () => {
  const dispatcher = new MemoryRoomDispatcher();
  const unreachable = new MemoryRoomDispatcher();
  unreachable.fault = 'before';
  return Promise.resolve({
    dispatcher,
    unreachable,
    roomsNamed: (name) =>
      Promise.resolve(
        [...dispatcher.rooms, ...unreachable.rooms]
          .filter(({ request }) => request.room === name)
          .map(({ life, request: { agent, requestId, agentMetadata: metadata = '' } }) => ({
            life,
            dispatches: [{ agent, metadata, attributes: { 'lkps.request_id': requestId } }],
          })),
      ),
    close: () => Promise.resolve(),
  });
});
