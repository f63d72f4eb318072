/** Why an action did not do what was asked. */
export type ActionError = {
  code: string;
  message: string;
  hint?: string;
  /**
   * `false` is a promise: the transaction was rolled back. `"unknown"` is left when the connection broke while the
   * database was making the change last.
   */
  changed: false | "unknown";
};

/**
 * What every action of the project resolves to. `unrecorded` says that it was done, and that the database has no table
 * to record it in.
 */
export type ActionResult<T> =
  | { ok: true; data: T; unrecorded?: true }
  | { ok: false; error: ActionError };

/** A refusal in words of the dashboard's own. Thrown inside an action it rolls the work back. */
export class ActionRefusal extends Error {
  override readonly name = "ActionRefusal";

  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
