import type { TaskDetail } from "@/lib/model/task";

/** The steps a task can be forked from, in the order in which they were stored. */
export function stepsToForkFrom({ checkpoints }: TaskDetail): string[] {
  return checkpoints.flatMap(({ name, status }) => (status === "committed" ? name : []));
}
