import type { Uuid } from "@/lib/absurd/types";
import { ActionRefusal } from "./result";

/** Says that there is no such workflow run. */
export function workflowRunNotFound(workflowRunId: Uuid): ActionRefusal {
  return new ActionRefusal(
    "workflow_run_not_found",
    `There is no workflow run ${workflowRunId}.`,
    "It may have been removed meanwhile.",
  );
}
