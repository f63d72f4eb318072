import { getOwn } from "@/lib/model/get-own";
import { toMs } from "@/lib/model/instants";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { CLOCK_SKEW_MS } from "./activity.ts";
import { parseInstant } from "./parse-payload.ts";

const EVENT_PREFIX = "$awaitEvent:";

/**
 * What wrote a checkpoint: a step, a durable sleep, or an event wait that suspended the run until the event was
 * emitted. `event` is `null` if its name is lost. `certain` is false if the event's row is gone, because only that
 * row proves that the run slept.
 */
export type CheckpointOrigin =
  | { kind: "step" }
  | { kind: "sleep"; until: number }
  | { kind: "event-wait"; event: string | null; certain: boolean };

/**
 * Classifies a run's own checkpoint. A step may return a date, so an ISO time counts as a sleep only if the run was
 * claimed after it, is sleeping or ended while sleeping. An event wait whose event already existed did not suspend: it
 * counts as a step.
 */
export function classifyCheckpoint(
  checkpoint: Checkpoint,
  run: Run,
  detail: TaskDetail,
): CheckpointOrigin {
  if (checkpoint.name.startsWith(EVENT_PREFIX)) {
    const event = parseEventName(checkpoint.name, detail);
    const emittedAt = getOwn(detail.eventsEmittedAt, event);
    if (emittedAt !== undefined && emittedAt < checkpoint.updatedAt) return { kind: "step" };
    return { kind: "event-wait", event, certain: emittedAt !== undefined };
  }
  const at = toMs(checkpoint.updatedAt);
  const until = parseInstant(checkpoint.state);
  if (until !== null && until > at && sleptThrough(until, at, run)) return { kind: "sleep", until };
  const wait = detail.awaited
    ? findHighwayWait(checkpoint, detail.awaited, detail)
    : findNamedWait(checkpoint, run, detail);
  return wait ?? { kind: "step" };
}

/** An event wait recorded by the Highway interpreter. The emit woke it if both have the same instant. */
function findHighwayWait(
  { name, updatedAt }: Checkpoint,
  awaited: Record<string, string>,
  { eventsEmittedAt }: TaskDetail,
): CheckpointOrigin | null {
  const event = Object.hasOwn(awaited, name) ? awaited[name] : undefined;
  if (event === undefined || getOwn(eventsEmittedAt, event) !== updatedAt) return null;
  return { kind: "event-wait", event, certain: true };
}

/** The event of a `$awaitEvent:` checkpoint. The SDK numbers a second wait for one event in an execution `#2`. */
function parseEventName(checkpointName: string, detail: TaskDetail): string {
  const name = checkpointName.slice(EVENT_PREFIX.length);
  return name in detail.eventsEmittedAt ? name : name.replace(/#\d+$/, "");
}

/** An event wait with a custom step name: the emit wrote it at its own instant, or left its payload on the run. */
function findNamedWait(
  checkpoint: Checkpoint,
  run: Run,
  detail: TaskDetail,
): CheckpointOrigin | null {
  const at = checkpoint.updatedAt;
  const emitted = Object.entries(detail.eventsEmittedAt).find(([, emittedAt]) => emittedAt === at);
  if (emitted) return { kind: "event-wait", event: emitted[0], certain: true };
  if (!run.startedAt || run.wakeEvent || !run.eventPayload) return null;
  const delivered =
    checkpoint.state?.text !== undefined && checkpoint.state.text === run.eventPayload.text;
  const wokeTheRun = run.state === "pending" ? at === run.availableAt : at < run.startedAt;
  return delivered && wokeTheRun ? { kind: "event-wait", event: null, certain: true } : null;
}

/** Whether the run slept from `at`, when the checkpoint was written, until `until`. */
function sleptThrough(until: number, at: number, run: Run): boolean {
  const claimedAt = run.startedAt ? toMs(run.startedAt) : Number.NEGATIVE_INFINITY;
  if (claimedAt >= until) return true;
  if (run.state === "sleeping" && Math.abs(until - toMs(run.availableAt)) <= CLOCK_SKEW_MS)
    return true;
  // Written by the last execution and not claimed since: sleeping now, or ended while sleeping.
  const suspended = run.state === "sleeping" || run.claimedBy === null;
  const rested = run.state !== "cancelled" || run.availableAt !== run.startedAt;
  return suspended && rested && at >= claimedAt;
}
