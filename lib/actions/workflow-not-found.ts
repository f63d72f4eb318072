import type { Uuid } from "@/lib/model/ids";
import { ActionRefusal } from "./result";

/** Says that there is no such workflow run. */
export function workflowRunNotFound(workflowRunId: Uuid): ActionRefusal {
  return new ActionRefusal(
    "workflow_run_not_found",
    `There is no workflow run ${workflowRunId}.`,
    "It may have been removed meanwhile.",
  );
}

/** Says that there is no such definition, or no table of them. */
export function definitionNotFound(): ActionRefusal {
  return new ActionRefusal(
    "definition_not_found",
    "There is no such definition.",
    "It may have been removed, or the dashboard's tables are not installed: `npm run db:migrate`.",
  );
}
