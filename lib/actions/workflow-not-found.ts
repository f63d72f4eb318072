import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";

/** Says that there is no such workflow run. */
export function workflowRunNotFound(workflowRunId: Uuid): ProblemError {
  return new ProblemError({
    code: "workflow_run_not_found",
    message: `There is no workflow run ${workflowRunId}.`,
    hint: "It may have been removed meanwhile.",
  });
}

/** Says that there is no such definition, or no table of them. */
export function definitionNotFound(): ProblemError {
  return new ProblemError({
    code: "definition_not_found",
    message: "There is no such definition.",
    hint: "It may have been removed, or the dashboard's tables are not installed: `npm run db:migrate`.",
  });
}
