import type { WorkflowRunDetail } from "@/lib/analytics/workflow-types";
import type { TaskHistory } from "../run/task-history";
import { ownerOf, type Resolve } from "./resolve-step";

/** From the first to the last that is known of an operator, by its path in the run; in milliseconds. */
export type Times = Map<string, { from: number; to: number }>;

/** When operators ran, as the timelines of the tasks tell; loops and parallels from the first to the last inside. */
export function listTimes(histories: readonly TaskHistory[], resolve: Resolve): Times {
  const times: Times = new Map();
  const extend = (instance: string, { from, to }: { from: number; to: number }) => {
    const known = times.get(instance);
    times.set(instance, {
      from: Math.min(known?.from ?? from, from),
      to: Math.max(known?.to ?? to, to),
    });
  };
  for (const { timeline } of histories)
    for (const { spans } of timeline.lanes)
      for (const span of spans) {
        const step = "step" in span ? resolve(span.step) : undefined;
        if (!step) continue;
        extend(step.instance, span);
        for (const around of listAround(step.instance)) extend(around, span);
      }
  return times;
}

/** The loops and parallels around a path in the run: `a[1]/p.left/x` lies in `a` and `a[1]/p`. */
function listAround(instance: string): string[] {
  return [...instance.matchAll(/(?:~\d+)?(?:\[\d+\]|\.[^/.[~@]+)\//g)].map(({ index }) =>
    instance.slice(0, index),
  );
}

/** The task that executes the operator at a path in the run, and since when it has been at work on what is not recorded yet. */
export function findExecutors(histories: readonly TaskHistory[], detail: WorkflowRunDetail) {
  const { rootTaskId } = detail.run;
  const parts = new Map(
    histories.flatMap((history): [string, TaskHistory][] =>
      history.detail.task.taskId === rootTaskId ? [] : [[ownerOf(history.detail, detail), history]],
    ),
  );
  const root = histories.find(({ detail: { task } }) => task.taskId === rootTaskId);
  return (instance: string) => {
    let found = parts.get(instance);
    for (let at = instance; !found && at !== ""; at = at.slice(0, Math.max(at.lastIndexOf("/"), 0)))
      found = parts.get(at);
    const history = found ?? root;
    if (!history) return undefined;
    const { queue, taskId } = history.detail.task;
    const open = history.timeline.lanes.at(-1)?.spans.findLast(({ end }) => end === "open");
    return { task: { queue, taskId }, busySince: open?.kind === "working" ? open.from : null };
  };
}
