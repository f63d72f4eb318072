import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { toMs } from "./model.ts";
import { readInstant } from "./read-json.ts";
import { CLOCK_SKEW_MS } from "./standing.ts";

const EVENT_PREFIX = "$awaitEvent:";

/**
 * What left a checkpoint: a step, a durable sleep, or an event wait that suspended the run until the emission. `event`
 * is `null` when its name is gone; `certain` is false when the event's row is gone, and with it the proof that it slept.
 */
export type Trace =
  | { kind: "step" }
  | { kind: "sleep"; until: number }
  | { kind: "event-wait"; event: string | null; certain: boolean };

/**
 * Reads a run's own checkpoint. A step may well return a date, so an ISO time counts as a sleep only when the run was
 * claimed after it, or is, or ended, asleep. An event wait whose event was there already never suspended: it is a step.
 */
export function classifyCheckpoint(checkpoint: Checkpoint, run: Run, detail: TaskDetail): Trace {
  if (checkpoint.name.startsWith(EVENT_PREFIX)) {
    const event = eventOf(checkpoint.name, detail);
    const emittedAt = detail.eventsEmittedAt[event];
    if (emittedAt !== undefined && emittedAt < checkpoint.updatedAt) return { kind: "step" };
    return { kind: "event-wait", event, certain: emittedAt !== undefined };
  }
  const at = toMs(checkpoint.updatedAt);
  const until = readInstant(checkpoint.state);
  if (until !== null && until > at && sleptThrough(until, at, run)) return { kind: "sleep", until };
  const wait = detail.awaited
    ? readNotedWait(checkpoint, detail.awaited, detail)
    : readNamedWait(checkpoint, run, detail);
  return wait ?? { kind: "step" };
}

/** An event wait that its author noted: it was woken by the emission when both have one instant. */
function readNotedWait(
  { name, updatedAt }: Checkpoint,
  awaited: Record<string, string>,
  { eventsEmittedAt }: TaskDetail,
): Trace | null {
  const event = Object.hasOwn(awaited, name) ? awaited[name] : undefined;
  if (event === undefined || eventsEmittedAt[event] !== updatedAt) return null;
  return { kind: "event-wait", event, certain: true };
}

/** The event a `$awaitEvent:` checkpoint is about. A second await of one event in an execution is numbered `#2`. */
function eventOf(checkpointName: string, detail: TaskDetail): string {
  const name = checkpointName.slice(EVENT_PREFIX.length);
  return name in detail.eventsEmittedAt ? name : name.replace(/#\d+$/, "");
}

/** An event wait whose step its author named: the emission wrote it at its own instant, or left its payload on the run. */
function readNamedWait(checkpoint: Checkpoint, run: Run, detail: TaskDetail): Trace | null {
  const at = checkpoint.updatedAt;
  const emitted = Object.entries(detail.eventsEmittedAt).find(([, emittedAt]) => emittedAt === at);
  if (emitted) return { kind: "event-wait", event: emitted[0], certain: true };
  if (!run.startedAt || run.wakeEvent || !run.eventPayload) return null;
  const delivered =
    checkpoint.state?.text !== undefined && checkpoint.state.text === run.eventPayload.text;
  const wokeTheRun = run.state === "pending" ? at === run.availableAt : at < run.startedAt;
  return delivered && wokeTheRun ? { kind: "event-wait", event: null, certain: true } : null;
}

function sleptThrough(until: number, at: number, run: Run): boolean {
  const claimedAt = run.startedAt ? toMs(run.startedAt) : Number.NEGATIVE_INFINITY;
  if (claimedAt >= until) return true;
  if (run.state === "sleeping" && Math.abs(until - toMs(run.availableAt)) <= CLOCK_SKEW_MS)
    return true;
  // Written by the last execution and not claimed since: asleep now, or ended asleep.
  const suspended = run.state === "sleeping" || run.claimedBy === null;
  const rested = run.state !== "cancelled" || run.availableAt !== run.startedAt;
  return suspended && rested && at >= claimedAt;
}
