import type { WorkerPermissions, WorkerReport } from '../../core/index.ts';

/** What LiveKit has to read for a report of the policy: every field, as protobuf's JSON has it. */
export function expectedReading(report: WorkerReport): Readonly<Record<string, unknown>> {
  switch (report.kind) {
    case 'register':
      return {
        register: {
          type: 'JT_ROOM',
          agentName: report.agentName,
          version: report.version,
          pingInterval: report.pingInterval,
          allowedPermissions: permissions(report.permissions),
          deployment: '',
        },
      };
    case 'decline':
      return { availability: { ...NO_ANSWER, jobId: report.jobId } };
    case 'accept':
      return {
        availability: {
          ...NO_ANSWER,
          jobId: report.jobId,
          available: true,
          participantIdentity: `agent-${report.jobId}`,
          participantName: report.seat.name,
          participantMetadata: report.seat.metadata,
          participantAttributes: { ...report.seat.attributes },
        },
      };
    case 'update_worker':
      return {
        updateWorker: {
          status: report.status === 'full' ? 'WS_FULL' : 'WS_AVAILABLE',
          load: Math.fround(report.load),
          jobCount: report.jobCount,
        },
      };
    case 'update_job':
      return {
        updateJob: { jobId: report.jobId, status: `JS_${report.status.toUpperCase()}`, error: report.error },
      };
    case 'ping':
      return { ping: { timestamp: String(report.timestamp) } };
    case 'migrate_job':
      return { migrateJob: { jobIds: [...report.jobIds] } };
  }
}

/** Loads are 32 bits wide: Go writes the shortest text that says which. */
export function normalised(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { updateWorker } = message;
  if (typeof updateWorker !== 'object' || updateWorker === null || !('load' in updateWorker)) {
    return message;
  }
  return { updateWorker: { ...updateWorker, load: Math.fround(Number(updateWorker.load)) } };
}

const NO_ANSWER = {
  available: false,
  supportsResume: false,
  terminate: false,
  participantName: '',
  participantIdentity: '',
  participantMetadata: '',
  participantAttributes: {},
};

function permissions(granted: WorkerPermissions): object {
  return {
    canPublish: granted.canPublish,
    canSubscribe: granted.canSubscribe,
    canPublishData: granted.canPublishData,
    canUpdateMetadata: granted.canUpdateMetadata,
    canPublishSources: (granted.canPublishSources ?? []).map((source) => source.toUpperCase()),
    hidden: false,
    recorder: false,
    agent: false,
    canSubscribeMetrics: false,
    canManageAgentSession: false,
  };
}
