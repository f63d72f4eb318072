/** Why a read failed; `network` means that no answer came at all. */
export type ErrorCode =
  | "bad_request"
  | "unauthenticated"
  | "forbidden"
  | "queue_not_found"
  | "task_not_found"
  | "payload_not_found"
  | "bulk_not_found"
  | "workflow_run_not_found"
  | "definition_not_found"
  | "no_schema"
  | "conflict"
  | "database_unavailable"
  | "timed_out"
  | "internal"
  | "network";

/** What every route answers in place of a result. The texts are authored: they never hold SQL or payloads. */
export type ErrorBody = { error: { code: ErrorCode; message: string; hint?: string } };
