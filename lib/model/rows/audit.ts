/** How an action ended: `refused` for a reason that was foreseen, `failed` for another. */
export const AUDIT_OUTCOMES = ["done", "refused", "failed"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];
