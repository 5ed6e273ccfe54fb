import {
  AvailabilityResponse,
  JobStatus,
  JobType,
  MigrateJobRequest,
  ParticipantPermission,
  RegisterWorkerRequest,
  TrackSource as Source,
  UpdateJobStatus,
  UpdateWorkerStatus,
  WorkerMessage,
  WorkerPing,
  WorkerStatus,
} from '@livekit/protocol';
import {
  jobIdentityOf,
  type JobUpdate,
  type TrackSource,
  type WorkerCapacity,
  type WorkerPermissions,
  type WorkerReport,
} from '../../core/index.ts';

type Report<Kind> = Extract<WorkerReport, { readonly kind: Kind }>;

const STATUS: Readonly<Record<WorkerCapacity, WorkerStatus>> = {
  available: WorkerStatus.WS_AVAILABLE,
  full: WorkerStatus.WS_FULL,
};

const JOB_STATUS: Readonly<Record<JobUpdate['status'], JobStatus>> = {
  pending: JobStatus.JS_PENDING,
  running: JobStatus.JS_RUNNING,
  success: JobStatus.JS_SUCCESS,
  failed: JobStatus.JS_FAILED,
};

const SOURCE: Readonly<Record<TrackSource, Source>> = {
  camera: Source.CAMERA,
  microphone: Source.MICROPHONE,
  screen_share: Source.SCREEN_SHARE,
  screen_share_audio: Source.SCREEN_SHARE_AUDIO,
};

/** The bytes that LiveKit gets: a new message with these fields and no other. */
export function reportFrame(report: WorkerReport): Uint8Array {
  return new WorkerMessage({ message: toMessage(report) }).toBinary();
}

function toMessage(report: WorkerReport): WorkerMessage['message'] {
  switch (report.kind) {
    case 'register':
      return { case: 'register', value: registration(report) };
    case 'decline':
      return {
        case: 'availability',
        value: new AvailabilityResponse({ jobId: report.jobId, available: false }),
      };
    case 'accept':
      return { case: 'availability', value: acceptance(report) };
    case 'update_worker': {
      const { status, load, jobCount } = report;
      return {
        case: 'updateWorker',
        value: new UpdateWorkerStatus({ status: STATUS[status], load, jobCount }),
      };
    }
    case 'update_job': {
      const { jobId, status, error } = report;
      return { case: 'updateJob', value: new UpdateJobStatus({ jobId, status: JOB_STATUS[status], error }) };
    }
    case 'ping':
      return { case: 'ping', value: new WorkerPing({ timestamp: report.timestamp }) };
    case 'migrate_job':
      return { case: 'migrateJob', value: new MigrateJobRequest({ jobIds: [...report.jobIds] }) };
  }
}

/** Namespace and deployment stay empty: under another one a worker would get a copy of every job. */
function registration({
  agentName,
  version,
  pingInterval,
  permissions,
}: Report<'register'>): RegisterWorkerRequest {
  return new RegisterWorkerRequest({
    type: JobType.JT_ROOM,
    agentName,
    version,
    pingInterval,
    allowedPermissions: permission(permissions),
  });
}

/** Always there: to LiveKit an absent one means every right. */
function permission({
  canPublish,
  canSubscribe,
  canPublishData,
  canUpdateMetadata,
  canPublishSources = [],
}: WorkerPermissions): ParticipantPermission {
  return new ParticipantPermission({
    canPublish,
    canSubscribe,
    canPublishData,
    canUpdateMetadata,
    canPublishSources: canPublishSources.map((source) => SOURCE[source]),
  });
}

function acceptance({ jobId, seat }: Report<'accept'>): AvailabilityResponse {
  return new AvailabilityResponse({
    jobId,
    available: true,
    participantIdentity: jobIdentityOf(jobId),
    participantName: seat.name,
    participantMetadata: seat.metadata,
    participantAttributes: seat.attributes,
  });
}
