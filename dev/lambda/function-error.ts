/** Why an invocation, or the start of an execution environment, has no result. */
export type FailureKind =
  /** The code could not be loaded, or threw while it was. */
  | 'init'
  /** The handler threw; the environment lives on. */
  | 'handler'
  /** No answer in time; the environment is gone. */
  | 'timeout'
  /** The process ended without an answer. */
  | 'exit'
  /** Event or result is larger than an invocation takes. */
  | 'too_large';

/** `errorType` and the message are what the function itself reported, as Lambda would show them. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly kind: FailureKind;
  readonly errorType: string;

  constructor(kind: FailureKind, errorType: string, message: string) {
    super(message);
    this.kind = kind;
    this.errorType = errorType;
  }
}

/** From what a runtime posts when something failed: a JSON object, and the type in a header too. */
export function reportedError(
  kind: FailureKind,
  headerType: string | undefined,
  body: Buffer | undefined,
): FunctionError {
  const fields = fieldsOf(body?.toString('utf8') ?? '');
  const text = (name: string): string | undefined =>
    typeof fields[name] === 'string' ? fields[name] : undefined;
  return new FunctionError(
    kind,
    text('errorType') ?? headerType ?? 'Unknown',
    text('errorMessage') ?? 'the function failed',
  );
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
