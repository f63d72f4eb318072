import type { TaskDetail } from "@/lib/model/task";
import type { Span, SpanKind, Timeline } from "@/lib/timeline/model";
import type { Oracle } from "./oracle";

const AWAKE: SpanKind[] = ["working", "step", "failure", "lost", "expired", "unread", "unknown"];
const ASLEEP: SpanKind[] = [
  "sleep",
  "late",
  "event-wait",
  "timed-out-wait",
  "deferred",
  "queued",
  "unread",
  "unknown",
];
const UNCLAIMED: SpanKind[] = ["queued", "backoff", "late"];

/**
 * Checks that every span with recorded ends matches what its run did then, that nothing is drawn after the reading, and
 * that attempts which aren't drawn are counted.
 */
export function checkTimeline(timeline: Timeline, detail: TaskDetail, oracle: Oracle): void {
  const drawn = timeline.lanes.length + Number(detail.truncated?.runs ?? 0);
  if (drawn !== oracle.runs.length)
    throw new Error(`${drawn} attempts are drawn or counted of ${oracle.runs.length}`);
  for (const lane of timeline.lanes)
    for (const span of lane.spans) {
      if (span.to > oracle.at) throw new Error(`Drawn after the reading: ${JSON.stringify(span)}`);
      if (span.start === "exact" && span.end !== "inferred") checkSpan(lane.runId, span, oracle);
    }
}

function checkSpan(runId: string, span: Span, { history }: Oracle): void {
  // A worker that swallows its suspension continues unrecorded: its steps can't be distinguished from earlier ones.
  if (
    history.findLastAction("checkpoint", (action) => action.runId === runId && action.whileAsleep)
  )
    return;
  if (span.to - span.from < 3) return;
  const middle = (span.from + span.to) / 2;
  const state = history.statesOf(runId).findLast(({ at }) => at <= middle)?.row;
  if (!state) return;
  const allowed = state.state === "running" ? AWAKE : state.startedAt === null ? UNCLAIMED : ASLEEP;
  const isOver = ["completed", "failed", "cancelled"].includes(state.state);
  if (isOver || !allowed.includes(span.kind))
    throw new Error(
      `Drawn as ${span.kind} while the run was ${state.state}: ${JSON.stringify(span)}\n${JSON.stringify(history.statesOf(runId), null, 1)}`,
    );
  const of = (action: { runId: string; at: number }) =>
    action.runId === runId && action.at <= middle;
  if (span.kind === "sleep" && state.state === "sleeping") {
    const slept = history.findLastAction("sleep", of);
    if (slept?.step !== span.step) throw new Error(`Another sleep: ${JSON.stringify(span)}`);
  }
  if (span.kind === "event-wait" && span.event !== null && state.state === "sleeping") {
    const wait = history.findLastAction("await", of);
    if (wait?.event !== span.event) throw new Error(`Another event: ${JSON.stringify(span)}`);
  }
}
