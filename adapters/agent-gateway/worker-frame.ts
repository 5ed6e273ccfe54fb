import {
  JobStatus,
  JobType,
  TrackSource as Source,
  WorkerMessage as Message,
  WorkerStatus,
  type AvailabilityResponse,
  type ParticipantPermission,
  type RegisterWorkerRequest,
  type UpdateJobStatus,
  type UpdateWorkerStatus,
} from '@livekit/protocol';
import type {
  JobUpdate,
  TrackSource,
  WorkerCapacity,
  WorkerMessage,
  WorkerPermissions,
} from '../../core/index.ts';
import { frameShape } from './frame-shape.ts';

const CAPACITY: ReadonlyMap<number, WorkerCapacity> = new Map([
  [WorkerStatus.WS_AVAILABLE, 'available'],
  [WorkerStatus.WS_FULL, 'full'],
]);

const JOB_STATUS: ReadonlyMap<number, JobUpdate['status']> = new Map([
  [JobStatus.JS_PENDING, 'pending'],
  [JobStatus.JS_RUNNING, 'running'],
  [JobStatus.JS_SUCCESS, 'success'],
  [JobStatus.JS_FAILED, 'failed'],
]);

const SOURCE: ReadonlyMap<Source, TrackSource> = new Map([
  [Source.CAMERA, 'camera'],
  [Source.MICROPHONE, 'microphone'],
  [Source.SCREEN_SHARE, 'screen_share'],
  [Source.SCREEN_SHARE_AUDIO, 'screen_share_audio'],
]);

/** What a worker's message says, in the platform's own words: whatever those do not name is gone after this. Never throws. */
export function readWorkerFrame(frame: Uint8Array, isBinary: boolean): WorkerMessage {
  if (!isBinary) {
    return { kind: 'unreadable', reason: 'text_frame' };
  }
  const shape = frameShape(frame);
  if (shape === 'unknown' || shape === 'simulate_job') {
    return { kind: shape };
  }
  if (shape === 'malformed') {
    return { kind: 'unreadable', reason: 'malformed_frame' };
  }
  try {
    return toWorkerMessage(Message.fromBinary(frame, { readUnknownFields: false }));
  } catch {
    return { kind: 'unreadable', reason: 'malformed_frame' };
  }
}

function toWorkerMessage({ message }: Message): WorkerMessage {
  switch (message.case) {
    case 'register':
      return toRegister(message.value);
    case 'availability':
      return toAnswer(message.value);
    case 'updateWorker':
      return toStatusReport(message.value);
    case 'updateJob':
      return toJobUpdate(message.value);
    case 'ping':
      return { kind: 'ping', timestamp: message.value.timestamp };
    case 'migrateJob':
      return { kind: 'migrate_job', jobIds: message.value.jobIds };
    case 'simulateJob':
      return { kind: 'simulate_job' };
    case undefined:
      return { kind: 'unknown' };
  }
}

function toRegister(request: RegisterWorkerRequest): WorkerMessage {
  const { type, agentName, version, pingInterval, allowedPermissions } = request;
  return {
    kind: 'register',
    jobType: type === JobType.JT_ROOM ? 'room' : 'other',
    agentName,
    version,
    pingInterval,
    ...(allowedPermissions === undefined ? {} : { permissions: toPermissions(allowedPermissions) }),
  };
}

/** A list of sources none of which is known here allows nothing to be published: left out, it would allow everything. */
function toPermissions(permission: ParticipantPermission): WorkerPermissions {
  const { canPublish, canSubscribe, canPublishData, canUpdateMetadata, canPublishSources } = permission;
  const named = new Set(canPublishSources);
  const sources = [...SOURCE].filter(([source]) => named.has(source)).map(([, name]) => name);
  return {
    canPublish: canPublish && (named.size === 0 || sources.length > 0),
    canSubscribe,
    canPublishData,
    canUpdateMetadata,
    ...(sources.length === 0 ? {} : { canPublishSources: sources }),
  };
}

function toAnswer(response: AvailabilityResponse): WorkerMessage {
  const { jobId, available, participantName, participantMetadata, participantAttributes } = response;
  return {
    kind: 'availability',
    jobId,
    available,
    participantName,
    participantMetadata,
    participantAttributes: new Map(Object.entries(participantAttributes)),
  };
}

function toStatusReport({ status, load, jobCount }: UpdateWorkerStatus): WorkerMessage {
  if (status === undefined) {
    return { kind: 'update_worker', load, jobCount };
  }
  const capacity = CAPACITY.get(status);
  return capacity === undefined
    ? { kind: 'unknown' }
    : { kind: 'update_worker', status: capacity, load, jobCount };
}

function toJobUpdate({ jobId, status, error }: UpdateJobStatus): WorkerMessage {
  const known = JOB_STATUS.get(status);
  return known === undefined ? { kind: 'unknown' } : { kind: 'update_job', jobId, status: known, error };
}
