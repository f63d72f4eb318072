import "server-only";
import { type AuditRecord, AuditRefusedError, recordAudit } from "@/lib/audit/record";
import { getWritePool } from "@/lib/db/pools";
import { explainFailure } from "./failures";

/**
 * Records what was tried and did not happen. It comes after the change was rolled back, so it cannot be part of its
 * transaction; when it fails itself, the log's line of the action is all there is.
 */
export async function recordAttempt(
  entry: Omit<AuditRecord, "outcome">,
  error: unknown,
): Promise<void> {
  const failure = explainFailure(error);
  // Without a database, or the right to write the record, there is nothing to try.
  if (failure?.code === "database_unavailable" || error instanceof AuditRefusedError) return;
  try {
    await recordAudit(getWritePool(), {
      ...entry,
      outcome: failure ? "refused" : "failed",
      code: failure?.code ?? "internal",
      message: failure?.message ?? "The dashboard could not do it.",
    });
  } catch (unrecorded) {
    const { name } = unrecorded as Error;
    console.error(JSON.stringify({ audit: "an attempt was not recorded", error: name }));
  }
}
