import { isReservedAttribute, TRACK_SOURCES, type JobSeat, type WorkerReport } from '../../core/index.ts';

/** Fails the property that is being run, by the name of the law. */
export function law(isKept: boolean, name: string): asserts isKept {
  if (!isKept) {
    throw new Error(`broken: ${name}`);
  }
}

/** The fields of each report, in the order of the alphabet. */
const FIELDS: Readonly<Record<WorkerReport['kind'], readonly string[]>> = {
  register: ['agentName', 'kind', 'permissions', 'pingInterval', 'version'],
  decline: ['jobId', 'kind'],
  accept: ['jobId', 'kind', 'seat'],
  update_worker: ['jobCount', 'kind', 'load', 'status'],
  update_job: ['error', 'jobId', 'kind', 'status'],
  ping: ['kind', 'timestamp'],
  migrate_job: ['jobIds', 'kind'],
};
const RIGHTS = ['canPublish', 'canPublishData', 'canSubscribe', 'canUpdateMetadata'];
const JOB_ID = /^AJ_[A-Za-z0-9_-]{1,64}$/;

/** Of this form, and nothing more, is whatever LiveKit hears; whose jobs it may name is another matter. */
export function checkReport(report: WorkerReport): void {
  law(isOnly(report, FIELDS[report.kind]), `a report has its own fields alone: ${report.kind}`);
  switch (report.kind) {
    case 'register': {
      const { canPublishSources: sources, ...rights } = report.permissions;
      law(/^[!-~]{0,64}$/.test(report.version), 'a version can be shown');
      law(isUint32(report.pingInterval), 'a ping interval is a whole number of 32 bits');
      law(isOnly(rights, RIGHTS), 'the rights are those of the agent grant and its own metadata');
      law(
        Object.values(rights).every((right) => typeof right === 'boolean'),
        'a right is given or not',
      );
      law(sources?.length !== 0, 'no list of sources is empty, which LiveKit reads as all of them');
      law(sources?.every((source) => TRACK_SOURCES.includes(source)) ?? true, 'a source is a known one');
      return;
    }
    case 'accept':
      checkSeat(report.seat);
      return;
    case 'update_worker':
      law(report.load >= 0 && report.load <= 1, 'a load is of 0 to 1');
      law(isUint32(report.jobCount), 'a number of jobs is a whole number of 32 bits');
      law(['available', 'full'].includes(report.status), 'a worker is available or full');
      return;
    case 'update_job':
      law(report.error.length <= 1024, 'an error is no longer than 1024 characters');
      return;
    case 'migrate_job':
      law(report.jobIds.length <= 1000, 'no more than 1000 jobs are named at once');
      law(
        report.jobIds.every((jobId) => JOB_ID.test(jobId)),
        'what migrates is called as a job is',
      );
      return;
    case 'decline':
    case 'ping':
      return;
  }
}

export function checkSeat({ name, metadata, attributes, ...more }: JobSeat): void {
  const entries = Object.entries(attributes);
  law(isOnly(more, []), 'a seat has its own fields alone');
  law(!entries.some(([key]) => isReservedAttribute(key)), 'a seat has no reserved attribute');
  law(name.length <= 256 && metadata.length <= 4096 && entries.length <= 64, 'a seat is of a bounded size');
  law(entries.flat().join('').length <= 8192, 'the attributes of a seat are of a bounded size');
}

function isOnly(value: object, fields: readonly string[]): boolean {
  return Object.keys(value).sort().join() === fields.join();
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
