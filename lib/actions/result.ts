/** Why an action did nothing. `changed: false` is a promise: the transaction was rolled back. */
export type ActionError = { code: string; message: string; hint?: string; changed: false };

/** What every action of the project resolves to. */
export type ActionResult<T> = { ok: true; data: T } | { ok: false; error: ActionError };
