import type { Run } from "@/lib/model/task";
import type { TaskError } from "../timeline/model.ts";
import { code, type Part, say } from "./parts.ts";

/**
 * An attempt that failed without holding a claim failed while suspended: its handler caught the exception that suspends
 * it and went on, until the engine refused its next call. Returns the sentence that says so, with a leading space.
 */
export function swallowedSuspension(run: Run, error: TaskError | null): Part[] | null {
  if (run.state !== "failed" || run.claimedBy !== null || run.startedAt === null) return null;
  const refused = error?.message.includes("must be running to await events");
  const cause = refused
    ? "a catch around its sleep or wait swallowed the suspension"
    : "its handler may have swallowed the suspension";
  return say` It failed while suspended: ${cause}. Let ${code("SuspendTask")} pass.`;
}
