/** The HTTP status of every way a request, an action or a background job can fail. */
const STATUSES = {
  bad_request: 400,
  invalid_definition: 400,
  redacted_value: 400,
  tenant_required: 400,
  unauthenticated: 401,
  wrong_token: 401,
  forbidden: 403,
  bulk_not_found: 404,
  database_not_found: 404,
  definition_not_found: 404,
  event_not_found: 404,
  payload_not_found: 404,
  queue_not_found: 404,
  task_not_found: 404,
  workflow_run_not_found: 404,
  already_emitted: 409,
  already_ended: 409,
  already_exists: 409,
  conflict: 409,
  has_active_tasks: 409,
  key_taken: 409,
  name_collides: 409,
  not_confirmed: 409,
  other_version: 409,
  paused: 409,
  state_changed: 409,
  wakes_others: 409,
  no_schema: 422,
  not_installed: 422,
  refused: 422,
  unsupported: 422,
  too_many_attempts: 429,
  internal: 500,
  outcome_unknown: 500,
  network: 502,
  busy: 503,
  database_unavailable: 503,
  timed_out: 504,
} as const;

/**
 * `network`: the browser received no response. `internal`: no more specific cause is known; see the server's log.
 */
export type ProblemCode = keyof typeof STATUSES;

/**
 * Why something failed, in authored words that are safe to show: never SQL, parameters, payloads or a driver's
 * message.
 */
export type Problem = {
  code: ProblemCode;
  /** What happened, as a sentence. */
  message: string;
  /** What to try, as a sentence; commands are in backticks. */
  hint?: string | undefined;
  /**
   * Set for changes only. `false` is a promise: the transaction was rolled back. `"unknown"`: the connection broke
   * during the commit.
   */
  changed?: false | "unknown" | undefined;
};

/** The body of every response of the HTTP API that is not a result. */
export type ProblemBody = { error: Problem };

/** A problem as an exception. Thrown inside a transaction it rolls the transaction back. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly hint: string | undefined;

  constructor({ code, message, hint }: Problem, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }

  /**
   * Pages, routes and the server around them are separate bundles with their own copy of this class, and share reads: one
   * can receive the problem of another.
   */
  static override [Symbol.hasInstance](value: unknown): value is ProblemError {
    return value instanceof Error && value.name === "ProblemError";
  }

  get problem(): Problem {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** The HTTP status of the API's response. */
export function httpStatus(code: ProblemCode): number {
  return STATUSES[code];
}

/** Whether a read failed because its subject does not exist (any more). */
export function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && httpStatus(error.code) === 404;
}
