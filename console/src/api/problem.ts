/** Why a request did not give what was asked: refused by the server, or never reached it. */

export interface ProblemDocument {
  title?: string;
  status?: number;
  detail?: unknown;
  code?: string;
  correlation_id?: string;
}

/** The server answered, and the answer is no. `code` is stable; `detail` says what to do, in English. */
export class RefusedError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly correlationId: string | undefined;

  constructor(status: number, problem: ProblemDocument) {
    super(problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? `http_${status}`;
    this.detail = typeof problem.detail === "string" ? problem.detail : "";
    this.correlationId = problem.correlation_id;
  }
}

/** The server could not be reached: no network, or nothing listens. */
export class UnreachableError extends Error {}

export type Failure = RefusedError | UnreachableError;

export function asFailure(error: unknown): Failure {
  if (error instanceof RefusedError || error instanceof UnreachableError) return error;
  throw error;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
