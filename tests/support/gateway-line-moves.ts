import type { GatewayConnection } from './gateway-connection.ts';
import type { Shown } from './gateway-cast.ts';
import type { LineMove } from './gateway-moves.ts';

/** What happens at one connection. */
export function moveOn(connection: GatewayConnection, move: LineMove): void {
  switch (move.kind) {
    case 'up':
      connection.deliverUp();
      return;
    case 'down':
      connection.deliverDown();
      return;
    case 'say':
      connection.happen({ kind: 'worker_said', message: move.message });
      return;
    case 'answer':
      answer(connection, move.isYes, move.shown);
      return;
    case 'update':
      update(connection, move);
      return;
    case 'load_due':
      connection.loadDue();
      return;
    case 'drop':
      connection.drop();
      return;
    case 'close':
      connection.planClose(move.reason);
      return;
  }
}

/** Whether it can happen there now. */
export function fits(connection: GatewayConnection, kind: LineMove['kind']): boolean {
  switch (kind) {
    case 'up':
      return connection.inbox.length > 0;
    case 'down':
      return connection.upstream.outbox.length > 0;
    case 'answer':
      return connection.asked.length > 0;
    case 'update':
      return connection.assigned.length > 0;
    case 'load_due':
      return connection.isLoadDue;
    case 'say':
    case 'drop':
    case 'close':
      return connection.laws.end === undefined;
  }
}

/** To what the worker was asked first. */
function answer(connection: GatewayConnection, available: boolean, shown: Shown): void {
  const jobId = connection.asked.shift();
  if (jobId !== undefined) {
    const message = { kind: 'availability', jobId, available, ...shown } as const;
    connection.happen({ kind: 'worker_said', message });
  }
}

/** Of a job that is its own, or was. */
function update(
  connection: GatewayConnection,
  { job, status, error }: Extract<LineMove, { kind: 'update' }>,
): void {
  const jobId = connection.assigned[job % connection.assigned.length];
  if (jobId !== undefined) {
    connection.happen({ kind: 'worker_said', message: { kind: 'update_job', jobId, status, error } });
  }
}
