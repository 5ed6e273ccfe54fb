import type { FuzzReport } from './run.ts';

/** What a person wants to know of a run, a line each. */
export function describeReport(report: FuzzReport): string {
  const { requests, seconds, statuses, phases, machine, findings } = report;
  const counts = Object.entries(statuses).map(([status, count]) => `${status} x ${count}`);
  return [
    `${requests} requests in ${seconds.toFixed(0)} s, ${Math.round(requests / seconds)}/s`,
    `answers: ${counts.join(', ')} (none: the client went away, or the server closed)`,
    ...phases.map(
      ({ name, requests: sent, seconds: took, memory }) =>
        `phase ${name}: ${sent} requests in ${took.toFixed(0)} s; memory ${mib(memory.first)} at first, ` +
        `${mib(memory.secondQuarter)} half-way, ${mib(memory.lastQuarter)} at the end, ${mib(memory.peak)} at most`,
    ),
    `on record: ${report.sessions} sessions, ${report.auditRows} audit rows; LiveKit had ${report.rooms} rooms; ${report.logLines} log lines`,
    `machine: load ${machine.load} before, steal ${machine.steal_percent}%`,
    findings.length === 0 ? 'no law was broken' : `${findings.length} findings`,
  ].join('\n');
}

function mib(value: number): string {
  return Number.isNaN(value) ? 'unknown' : `${value.toFixed(0)} MiB`;
}
