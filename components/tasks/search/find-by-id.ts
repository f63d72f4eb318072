import { taskPath, workflowRunPath } from "@/components/layout/paths";
import type { Found } from "@/lib/model/found";
import { fetchJson } from "@/lib/query/api";

/** Where a whole id leads, looked up in every queue, or why it leads nowhere. */
export async function findById(id: string): Promise<{ href: string } | { problem: string }> {
  try {
    const { found } = await fetchJson<{ found: Found[] }>(`/api/find?id=${id}`);
    const [hit] = found;
    if (!hit) return { problem: "No task, run or workflow run has this id." };
    const isWorkflow = hit.kind === "workflow";
    return {
      href: isWorkflow ? workflowRunPath(hit.workflowRunId) : taskPath(hit.queue, hit.taskId),
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "The search did not work." };
  }
}
