import { titleOf } from "@/components/timeline/span-words";
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
      /** The part of the workflow it executes, or its name. */
      title: string;
    }
  | {
      kind: "span";
      key: string;
      history: TaskHistory;
      lane: Lane;
      span: Span;
      path: string | null;
      title: string;
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
  partOf: (history: TaskHistory) => string,
  folded: ReadonlySet<string>,
): RunRow[] {
  return histories.flatMap((history): RunRow[] => {
    const { taskId } = history.detail.task;
    const isRoot = taskId === rootTaskId;
    const byItself = isRoot || histories.length <= MOST_OPEN;
    const open = byItself !== folded.has(taskId);
    const part = isRoot ? "" : partOf(history);
    const path = (!isRoot && resolve(part)?.path) || null;
    const title = path ? part : history.detail.task.name;
    const head: RunRow = { kind: "task", key: taskId, history, isRoot, open, path, title };
    if (!open) return [head];
    const spans = history.timeline.lanes.flatMap((lane) =>
      lane.spans.filter(isTelling).map((span): RunRow => {
        const step = "step" in span ? resolve(span.step)?.path : undefined;
        const key = `${taskId}.${span.id}`;
        const title = titleIn(path ? part : "", span);
        return { kind: "span", key, history, lane, span, path: step ?? path, title };
      }),
    );
    return [head, ...spans];
  });
}

/** What is said beside a span, without what the row of its task says already. */
function titleIn(part: string, span: Span): string {
  const awaited =
    span.kind === "event-wait" && /^hw:[0-9a-f-]{36}:(.+)$/.exec(span.event ?? "")?.[1];
  if (awaited) return `wait for ${awaited}`;
  const title = titleOf(span);
  if (!part || !title.startsWith(part)) return title;
  return title.slice(part.length).replace(/^[/.]/, "") || title;
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
