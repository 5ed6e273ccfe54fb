import { EndSessions, type EndedSession, type EndSessionsInput } from '../../core/index.ts';
import type { CommandIo } from './command.ts';
import type { RecordsAndRooms } from './operator.ts';
import { plural } from './table.ts';

/** Ends sessions and says of each that could not be ended why. Nothing is lost then: the same command does the rest. */
export async function endSessions(
  records: RecordsAndRooms,
  input: EndSessionsInput,
  { out, err }: CommandIo,
): Promise<0 | 1> {
  const sessions = await new EndSessions(records).execute(input);
  const failed = sessions.filter(isFailed);
  out(`${summaryOf(sessions)}\n`);
  for (const { sessionId, code } of failed) {
    err(`lkps: not ended: ${sessionId} (${code})\n`);
  }
  if (failed.length > 0) {
    err(`lkps: ${plural(failed.length, 'session')} may still be open: run the same command again\n`);
  }
  return failed.length === 0 ? 0 : 1;
}

function summaryOf(sessions: readonly EndedSession[]): string {
  const ended = sessions.filter(({ outcome }) => outcome === 'ended').length;
  const over = sessions.filter(({ outcome }) => outcome === 'already_over').length;
  const failed = sessions.length - ended - over;
  const all = failed === 0 ? '' : `${ended} of `;
  return `ended: ${all}${plural(ended + failed, 'session')}${over === 0 ? '' : `; ${over} already over`}`;
}

function isFailed(session: EndedSession): session is Extract<EndedSession, { readonly outcome: 'failed' }> {
  return session.outcome === 'failed';
}
