import type { Deployment } from './deployment-row.ts';

const WORDS: Readonly<Record<keyof Deployment, string>> = { region: 'region', subjectKey: 'subject key' };

/** A connection leads to the database of another deployment. The message holds neither region nor key. */
export class ForeignDatabase extends Error {
  readonly differences: readonly (keyof Deployment)[];

  constructor(differences: readonly (keyof Deployment)[]) {
    super(
      `the database belongs to a deployment of another ${differences.map((what) => WORDS[what]).join(' and ')}`,
    );
    this.name = 'ForeignDatabase';
    this.differences = differences;
  }
}
