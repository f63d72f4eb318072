import { ACTIVE_STATES } from "@/lib/absurd/types";
import type { Lane, Span, Timeline } from "@/lib/timeline/model";
import type { StepRef } from "../resolve-step";
import type { TaskHistory } from "../task-history";

/** A row of the timeline of a run: a task with all its attempts, or one thing an attempt did. */
export type RunRow =
  | {
      kind: "task";
      key: string;
      history: TaskHistory;
      isRoot: boolean;
      open: boolean;
      path: string | null;
    }
  | {
      kind: "span";
      key: string;
      history: TaskHistory;
      lane: Lane;
      span: Span;
      path: string | null;
    };

/** Code between steps that took less than this gets no row of its own. */
const LEAST_MS = 50;
/** Of more tasks than this, the children arrive folded. */
const MOST_OPEN = 8;

/** All rows in order, without those that are folded away. `folded` are the tasks turned against what they are by themselves. */
export function listRunRows(
  histories: readonly TaskHistory[],
  rootTaskId: string | null,
  resolve: (name: string) => StepRef | undefined,
  pathOf: (history: TaskHistory) => string | null,
  folded: ReadonlySet<string>,
): RunRow[] {
  return histories.flatMap((history): RunRow[] => {
    const { taskId } = history.detail.task;
    const isRoot = taskId === rootTaskId;
    const byItself = isRoot || histories.length <= MOST_OPEN;
    const open = byItself !== folded.has(taskId);
    const path = isRoot ? null : pathOf(history);
    const head: RunRow = { kind: "task", key: taskId, history, isRoot, open, path };
    if (!open) return [head];
    const spans = history.timeline.lanes.flatMap((lane) =>
      lane.spans.filter(isTelling).map((span): RunRow => {
        const step = "step" in span ? resolve(span.step)?.path : undefined;
        const key = `${taskId}.${span.id}`;
        return { kind: "span", key, history, lane, span, path: step ?? path };
      }),
    );
    return [head, ...spans];
  });
}

function isTelling(span: Span): boolean {
  if (span.kind === "replayed") return false;
  if (span.kind !== "working" && span.kind !== "queued" && span.kind !== "late") return true;
  return span.end === "open" || span.to - span.from >= LEAST_MS;
}

/** The lives of all tasks on one axis. */
export function mergeTimelines(histories: readonly TaskHistory[], now: number): Timeline {
  const timelines = histories.map((history) => history.timeline);
  const active = histories.some(({ detail }) =>
    ACTIVE_STATES.some((state) => state === detail.task.state),
  );
  return {
    from: Math.min(...timelines.map((timeline) => timeline.from)),
    to: Math.max(...timelines.map((timeline) => timeline.to)),
    now: Math.max(now, ...timelines.map((timeline) => timeline.now)),
    active,
    lanes: timelines.flatMap((timeline) => timeline.lanes),
    projection: null,
  };
}
