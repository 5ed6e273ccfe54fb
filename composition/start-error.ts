/** Why the service does not start, in words for its operator; nothing in it is secret. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}
