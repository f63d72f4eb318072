import "server-only";
import { sql } from "drizzle-orm";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { WorkflowPayloadName } from "@/lib/search-params/workflows";
import { ReadError } from "./errors";
import { redact } from "./redact";
import { readQueues } from "./registry";
import { readWorkflowColumns, runColumn } from "./workflow-tables";

/**
 * The exact text of one JSON value of a workflow run, whatever its size; what the configuration hides is masked.
 *
 * @throws ReadError `payload_not_found`, and what `readQueues` throws.
 */
export function getWorkflowPayload(
  workflowRunId: Uuid,
  of: WorkflowPayloadName,
  options: ReadOptions = {},
): Promise<string> {
  return readQueues([], options, async ({ db, queues }) => {
    const columns = await readWorkflowColumns(db, queues);
    const { rows } =
      columns.runs.size === 0
        ? { rows: [] }
        : await db.execute<{ text: string | null }>(
            sql`select (${runColumn(columns, of)})::text as text from ${columns.from.runs}
              where w.workflow_run_id = ${workflowRunId}::uuid`,
          );
    const text = rows[0]?.text;
    if (text == null) throw new ReadError("payload_not_found", "There is no such value.");
    return redact(of, text).text;
  });
}
