import { sql } from "drizzle-orm";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import type { KeyRange } from "@/lib/model/key-range";
import { type FoundTasks, searchHeaders } from "./header-search";

/** How long one question may look for tasks, in milliseconds. What is missing then is looked for by the next one. */
const BUDGET = 800;
/** Of more tasks than this the rest is not looked for. */
const MOST_TASKS = 1_000;

/** The tasks of these queues in a range of ids, which should be the run's life, that carry a workflow run in their headers. */
export function searchWorkflowTasks(
  db: Database,
  queues: readonly string[],
  workflowRunId: Uuid,
  range: KeyRange,
  options: ReadOptions = {},
): Promise<FoundTasks> {
  return searchHeaders(
    db,
    queues,
    {
      key: `of run ${workflowRunId}`,
      matches: (headers) => sql`${headers} ->> 'workflow_run_id' = ${workflowRunId}`,
      range,
      most: MOST_TASKS,
      budget: BUDGET,
    },
    options,
  );
}
