/** Why the schema could not be brought up to date, in words for its operator; holds no value of any row or URL. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
  }
}
