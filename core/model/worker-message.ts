import type { JobId } from './names.ts';
import type { TrackSource } from './token.ts';

/*
 * LiveKit's worker protocol (livekit_agent.proto), cut down to what the platform reads and what it says. Nothing else
 * survives decoding, so nothing else can be passed on.
 */

/** What a worker may do in a room; absent fields are not asked for. */
export interface WorkerPermissions {
  readonly canPublish: boolean;
  readonly canSubscribe: boolean;
  readonly canPublishData: boolean;
  /** Its own attributes too: agents tell their state by them. */
  readonly canUpdateMetadata: boolean;
  /** Never empty; absent means all of them. */
  readonly canPublishSources?: readonly TrackSource[];
}

/** What a worker said. Every field is as it was sent: nothing has been checked yet. */
export type WorkerMessage =
  | WorkerRegister
  | WorkerAnswer
  | WorkerStatusReport
  | JobUpdate
  | { readonly kind: 'ping'; readonly timestamp: bigint }
  | { readonly kind: 'migrate_job'; readonly jobIds: readonly string[] }
  | { readonly kind: 'simulate_job' }
  /** Of a type that this platform does not know, or of none. */
  | { readonly kind: 'unknown' }
  /** Not of the protocol at all. */
  | { readonly kind: 'unreadable'; readonly reason: 'text_frame' | 'malformed_frame' };

export interface WorkerRegister {
  readonly kind: 'register';
  readonly jobType: 'room' | 'other';
  readonly agentName: string;
  /** Of the worker's library; shown by LiveKit. */
  readonly version: string;
  readonly pingInterval: number;
  /** Absent means everything, present with defaults means nothing: as LiveKit reads it. */
  readonly permissions?: WorkerPermissions;
}

/** To an offer of a job. */
export interface WorkerAnswer {
  readonly kind: 'availability';
  readonly jobId: string;
  readonly available: boolean;
  readonly participantName: string;
  readonly participantMetadata: string;
  readonly participantAttributes: ReadonlyMap<string, string>;
}

export interface WorkerStatusReport {
  readonly kind: 'update_worker';
  /** Absent: as it was. */
  readonly status?: WorkerCapacity;
  /** 0 to 1, where it is honest; a float of any value where it is not. */
  readonly load: number;
  readonly jobCount: number;
}

/** Whether a worker takes another job. */
export type WorkerCapacity = 'available' | 'full';

export interface JobUpdate {
  readonly kind: 'update_job';
  readonly jobId: string;
  readonly status: 'pending' | 'running' | 'success' | 'failed';
  readonly error: string;
}

/** What the platform says to LiveKit in a worker's place. */
export type WorkerReport =
  | {
      readonly kind: 'register';
      readonly agentName: string;
      readonly version: string;
      readonly pingInterval: number;
      readonly permissions: WorkerPermissions;
    }
  | { readonly kind: 'decline'; readonly jobId: string }
  | { readonly kind: 'accept'; readonly jobId: JobId; readonly seat: JobSeat }
  | (Required<Omit<WorkerStatusReport, 'kind'>> & { readonly kind: 'update_worker' })
  | JobUpdate
  | { readonly kind: 'ping'; readonly timestamp: bigint }
  | { readonly kind: 'migrate_job'; readonly jobIds: readonly string[] };

/** How an agent appears in the room of a job it accepted. */
export interface JobSeat {
  readonly name: string;
  readonly metadata: string;
  /** None of them reserved. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What LiveKit said to a worker; `frame` is the message itself, opaque here, for whatever is passed on as it is. */
export type ServerMessage<Frame> =
  | { readonly kind: 'registered'; readonly frame: Frame }
  | {
      readonly kind: 'offer';
      readonly jobId: string;
      /** Empty where it names none. */
      readonly room: string;
      readonly agentName: string;
      readonly frame: Frame;
    }
  | { readonly kind: 'assignment'; readonly jobId: string; readonly frame: Frame }
  | { readonly kind: 'termination'; readonly jobId: string; readonly frame: Frame }
  /** Pong, and what newer servers may say. */
  | { readonly kind: 'other'; readonly frame: Frame };
