import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";

/** The run is missing, or belongs to a tenant that the dashboard does not show. */
export function workflowRunNotFound(workflowRunId: Uuid): ProblemError {
  return new ProblemError({
    code: "workflow_run_not_found",
    message: `Workflow run ${workflowRunId} not found.`,
    hint: "It may have been removed.",
  });
}

/** The definition is missing, or the table of definitions is. */
export function definitionNotFound(): ProblemError {
  return new ProblemError({
    code: "definition_not_found",
    message: "Workflow definition not found.",
    hint: "It may have been removed, or the dashboard's tables are not installed: `absurd-dashboard migrate`.",
  });
}
