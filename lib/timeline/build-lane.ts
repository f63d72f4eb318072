import { getOwn } from "@/lib/model/get-own";
import { toMs } from "@/lib/model/instants";
import { isInterpreterTask } from "@/lib/model/interpreter";
import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { type Activity, computeActivity, computeSuspension } from "./activity.ts";
import { type CheckpointOrigin, classifyCheckpoint } from "./classify-checkpoint.ts";
import type { Ahead, Lane, Marker } from "./model.ts";
import { parseError, parseTimedOutWait } from "./parse-payload.ts";
import { findPlannedStart } from "./retries.ts";
import { describeStrategy } from "./retry-delay.ts";
import { SpanPen } from "./span-pen.ts";

/** A lane under construction. */
type LaneDraft = {
  detail: TaskDetail;
  run: Run;
  /** The end of the lane, in milliseconds. */
  to: number;
  now: number;
  pen: SpanPen;
  lane: Lane;
  /** The run's last claim, in milliseconds; `null` if it was never claimed. */
  lastClaim: number | null;
  /** The origin of the last checkpoint drawn: what a later claim resumed from. */
  lastOrigin: CheckpointOrigin | null;
};

/**
 * Reconstructs one attempt. The engine keeps a run's last claim, the end of each checkpoint, the planned end of each
 * sleep and the instant of each emit. Earlier claims are overwritten, so spans that start there are inferred.
 *
 * @param own the checkpoints that this run wrote, by `updatedAt`
 * @param bounds the lane's start and end, and the clock from which planned times are counted, in milliseconds
 */
export function buildLane(
  detail: TaskDetail,
  run: Run,
  own: Checkpoint[],
  bounds: { from: number; to: number; now: number },
): Lane {
  const { from, to, now } = bounds;
  const pen = new SpanPen(run.attempt, from, to);
  const lane: Lane = {
    runId: run.runId,
    attempt: run.attempt,
    state: run.state,
    worker: run.claimedBy,
    from,
    to,
    spans: pen.spans,
    ahead: [],
    markers: [],
  };
  const lastClaim = run.startedAt ? toMs(run.startedAt) : null;
  const draft: LaneDraft = { detail, run, to, now, pen, lane, lastClaim, lastOrigin: null };

  const firstClaim = findFirstClaim(detail, run, own);
  const [copied, written] = splitAt(own, (checkpoint) => isCopy(checkpoint, firstClaim, run));
  const [during, late] = splitAt(written, (checkpoint) => toMs(checkpoint.updatedAt) <= to);

  drawUntilClaimed(draft, firstClaim);
  drawReplayed(draft, copied.length);
  drawUnread(draft);
  during.forEach((checkpoint, index) => {
    const next = during[index + 1];
    drawCheckpoint(draft, checkpoint, next ? toMs(next.updatedAt) : to);
  });
  if (!isWaitingOn(draft)) resumeAtLastClaim(draft);
  finishLane(draft);
  // Rows that break the engine's invariants may leave a remainder.
  pen.draw({ kind: "unknown" }, to);
  // A sleep that continues is drawn by its checkpoint, even if that was written late.
  const isDrawn = ({ name }: Checkpoint) =>
    lane.spans.some((span) => "step" in span && span.step === name);
  lane.markers.push(...late.filter((checkpoint) => !isDrawn(checkpoint)).map(createLateMarker));
  return lane;
}

/**
 * The run's first claim in milliseconds, `null` if there was none. It is recorded for the task's first attempt;
 * otherwise it is the last claim if nothing indicates an earlier one, else `unknown`.
 */
function findFirstClaim(
  detail: TaskDetail,
  run: Run,
  own: Checkpoint[],
): number | "unknown" | null {
  if (!run.startedAt) return null;
  if (run.attempt === 1 && detail.task.firstStartedAt) return toMs(detail.task.firstStartedAt);
  const earlier = own.some((checkpoint) => checkpoint.updatedAt < (run.startedAt ?? ""));
  const suspended = run.wakeEvent !== null || run.eventPayload !== null;
  return earlier || (suspended && run.state !== "sleeping") ? "unknown" : toMs(run.startedAt);
}

/** Only a fork writes checkpoints for a run that has not been claimed yet. */
function isCopy(checkpoint: Checkpoint, firstClaim: number | "unknown" | null, run: Run): boolean {
  if (firstClaim === null) return true;
  return run.attempt === 1 && firstClaim !== "unknown" && toMs(checkpoint.updatedAt) < firstClaim;
}

function drawUntilClaimed(
  { detail, run, pen, to }: LaneDraft,
  firstClaim: number | "unknown" | null,
) {
  const plan = findPlannedStart(detail, run);
  const claim = firstClaim === "unknown" ? Number.POSITIVE_INFINITY : (firstClaim ?? to);
  if (plan && plan.due > pen.at) {
    const policy = plan.byStrategy ? describeStrategy(detail.task.retryStrategy) : null;
    const waiting = firstClaim === null && plan.due > to;
    pen.draw({ kind: "backoff", due: plan.due, policy }, Math.min(plan.due, claim), {
      end: waiting ? "open" : plan.certainty,
    });
  }
  if (firstClaim === "unknown") return pen.claimed("inferred");
  const reason = run.attempt > 1 ? "retry" : "new";
  const active = run.state === "pending" || run.state === "sleeping";
  pen.draw({ kind: "queued", reason }, claim, {
    end: firstClaim === null && active ? "open" : "exact",
  });
}

/** Unread checkpoints are older than all others, so the steps before the first checkpoint read are unknown. */
function drawUnread({ detail, pen, lastClaim, to }: LaneDraft) {
  const [first] = detail.checkpoints;
  if (!detail.truncated?.checkpoints || !first || lastClaim === null) return;
  pen.draw({ kind: "unread" }, Math.min(toMs(first.updatedAt), to), { end: "inferred" });
}

function drawReplayed({ detail, run, pen, lastClaim }: LaneDraft, copied: number) {
  const earlier = new Map(
    detail.runs
      .filter((other) => other.attempt < run.attempt)
      .map((other) => [other.runId, other.attempt]),
  );
  let count = copied;
  const attempts = new Set<number>();
  if (lastClaim !== null)
    for (const { ownerRunId } of detail.checkpoints) {
      const attempt = ownerRunId === null ? undefined : earlier.get(ownerRunId);
      if (attempt === undefined) continue;
      count++;
      attempts.add(attempt);
    }
  if (count === 0) return;
  const from = [...attempts].sort((one, other) => one - other);
  const some = detail.truncated && run.attempt > 1;
  pen.draw(
    { kind: "replayed", count, attempts: from, copied, ...(some ? { atLeast: true } : {}) },
    pen.at,
    { next: "inferred" },
  );
}

function drawCheckpoint(draft: LaneDraft, checkpoint: Checkpoint, nextFact: number) {
  const { detail, run, pen, lane, lastClaim } = draft;
  const at = toMs(checkpoint.updatedAt);
  if (lastClaim !== null && at >= lastClaim) resumeAtLastClaim(draft);
  const origin = classifyCheckpoint(checkpoint, run, detail);
  draft.lastOrigin = origin;
  const step = checkpoint.name;
  if (origin.kind === "step") return pen.draw({ kind: "step", step }, at, { next: "inferred" });
  if (origin.kind === "event-wait") {
    const { event, certain } = origin;
    lane.markers.push({ kind: "emitted", at, ...(event ? { label: event } : {}) });
    pen.claimed("inferred");
    return pen.draw({ kind: "event-wait", event, step, emittedAt: at }, at, {
      end: certain ? "exact" : "inferred",
    });
  }
  pen.draw({ kind: "working", worker: null }, at);
  const resumed = lastClaim !== null && lastClaim >= at ? Math.min(lastClaim, nextFact) : nextFact;
  const facts = { kind: "sleep", step, until: origin.until } as const;
  const asleep = run.state === "sleeping" && origin.until > draft.to;
  pen.draw(facts, Math.min(origin.until, resumed), {
    end: asleep ? "open" : "exact",
    next: "inferred",
  });
}

/** Whether a run of the interpreter sleeps for an event and has recorded nothing since it last polled. */
function isWaitingOn({ detail, run, pen, lastClaim }: LaneDraft): boolean {
  const isAsleep = run.state === "sleeping" && run.wakeEvent !== null;
  return isAsleep && isInterpreterTask(detail.task) && lastClaim !== null && pen.at < lastClaim;
}

/** Draws the time up to the last claim, the only one whose instant is recorded. */
function resumeAtLastClaim(draft: LaneDraft) {
  const { detail, run, pen, lastClaim, lastOrigin } = draft;
  if (lastClaim === null || pen.at > lastClaim) return;
  if (pen.at < lastClaim) {
    const event = findTimedOutEvent(run);
    if (event !== null) {
      pen.claimed("inferred");
      // The interpreter has woken to poll. Its wait, which started at its last record, may not be over.
      if (isInterpreterTask(detail.task))
        pen.draw(describeInterpretedWait(draft, event), lastClaim);
      else pen.draw({ kind: "timed-out-wait", event }, lastClaim);
    } else if (lastOrigin?.kind === "sleep") {
      pen.claimed("exact");
      pen.draw({ kind: "late", due: pen.at }, lastClaim);
    } else if (lastOrigin?.kind === "event-wait")
      // A worker may have claimed the run in between and deferred it, which leaves no record.
      pen.draw({ kind: "queued", reason: "woken" }, lastClaim, { end: "inferred" });
    else pen.draw({ kind: "unknown" }, lastClaim);
  }
  pen.claimed("exact");
}

/**
 * The event whose wait timed out before the last claim. If the handler continued, the name is in `wake_event`; if it
 * failed, the name is in the SDK's error.
 */
function findTimedOutEvent(run: Run): string | null {
  if (run.state === "sleeping") return null;
  if (run.state === "failed") return parseTimedOutWait(parseError(run.failureReason));
  const wasRunning = run.state !== "cancelled" || run.availableAt === run.startedAt;
  return wasRunning && run.eventPayload === null ? run.wakeEvent : null;
}

function createLateMarker(checkpoint: Checkpoint): Marker {
  return { kind: "written-late", at: toMs(checkpoint.updatedAt), label: checkpoint.name };
}

function splitAt<T>(items: T[], belongs: (item: T) => boolean): [T[], T[]] {
  const index = items.findIndex((item) => !belongs(item));
  return index < 0 ? [items, []] : [items.slice(0, index), items.slice(index)];
}

/** Draws from the last checkpoint to the end of the lane, and adds the planned times and how the attempt ended. */
function finishLane(draft: LaneDraft): void {
  const { run, lane, pen, to } = draft;
  if (run.state === "completed") {
    pen.draw({ kind: "working", worker: run.claimedBy }, to);
    lane.markers.push({ kind: "completed", at: to });
  } else if (run.state === "failed") {
    finishFailed(draft);
  } else if (run.state === "cancelled") {
    const activity = findActivityWhenCancelled(draft);
    if (activity) drawActivity(draft, activity);
    else pen.draw({ kind: "working", worker: null }, to);
    lane.markers.push({ kind: "cancelled", at: to });
  } else {
    const activity = computeActivity(run, draft.detail);
    if (activity) drawActivity(draft, activity);
  }
}

function finishFailed({ run, pen, lane, lastOrigin, to }: LaneDraft) {
  const error = parseError(run.failureReason);
  if (error?.name === "$ClaimTimeout" && run.claimExpiresAt) {
    const worker = run.claimedBy;
    const expiredAt = Math.min(toMs(run.claimExpiresAt), to);
    pen.draw({ kind: "lost", worker, expiredAt }, expiredAt);
    pen.draw({ kind: "expired", worker, expiredAt }, to);
    lane.markers.push({ kind: "lease-expired", at: expiredAt, label: worker ?? "" });
    return;
  }
  // Only a suspended run has no claim when it fails: its handler continued although the run was sleeping.
  const suspended = run.claimedBy === null && lastOrigin?.kind !== "step";
  pen.draw(suspended ? { kind: "unknown" } : { kind: "failure", error }, to);
  lane.markers.push({ kind: "failed", at: to, ...(error ? { label: error.message } : {}) });
}

/** What a cancelled run was doing; `null` if it was executing: a claim sets both columns to one instant. */
function findActivityWhenCancelled({ run, detail, lastOrigin }: LaneDraft): Activity | null {
  if (!run.startedAt) return { kind: "queued", due: toMs(run.availableAt) };
  if (run.availableAt === run.startedAt) return null;
  if (lastOrigin?.kind === "event-wait" && !run.wakeEvent && run.eventPayload)
    return { kind: "woken", due: toMs(run.availableAt) };
  return computeSuspension(run, detail);
}

function drawActivity(draft: LaneDraft, activity: Activity) {
  const { run, pen, lane, to, now } = draft;
  const active = run.state !== "cancelled";
  const open = active ? "open" : "exact";
  const addAhead = (kind: Ahead["kind"], until: number) => {
    if (active && until > to) lane.ahead.push({ kind, from: Math.min(now, until), until });
  };
  const drawLate = (due: number) => pen.draw({ kind: "late", due }, to, { end: open });
  switch (activity.kind) {
    case "running": {
      const { claimedBy: worker } = run;
      const leaseEnd = activity.leaseEnd ?? Number.POSITIVE_INFINITY;
      if (leaseEnd > to) pen.draw({ kind: "working", worker }, to, { end: open });
      else {
        pen.draw({ kind: "working", worker }, leaseEnd);
        pen.draw({ kind: "expired", worker, expiredAt: leaseEnd }, to, { end: open });
        lane.markers.push({ kind: "lease-expired", at: leaseEnd, label: worker ?? "" });
      }
      if (activity.leaseEnd !== null) addAhead("lease", leaseEnd);
      return;
    }
    case "event-wait":
      drawEventWait(draft, activity, open);
      drawLate(activity.due);
      if (activity.timeout !== undefined) addAhead("event-wait", activity.timeout);
      return;
    case "sleep": {
      const { step, due } = activity;
      const until = Math.min(due, to);
      const end = due > to ? open : "exact";
      const last = lane.spans.at(-1);
      if (last?.kind === "sleep" && last.step === step) pen.extend(until, end);
      else pen.draw({ kind: "sleep", step, until: due }, until, { end });
      drawLate(due);
      return addAhead("sleep", due);
    }
    case "deferred": {
      const { due, unknownTask } = activity;
      // A worker may do so at any time after its claim; only the deferred-until time is recorded.
      pen.claimed("inferred");
      pen.draw({ kind: "deferred", until: due, unknownTask }, Math.min(due, to), {
        end: due > to ? open : "exact",
      });
      drawLate(due);
      return addAhead("deferred", due);
    }
    case "woken":
      pen.draw({ kind: "queued", reason: "woken" }, to, { end: open });
      return;
    default:
      // The wait of a run that was never claimed is already drawn.
      addAhead("backoff", activity.due);
  }
}

function drawEventWait(
  draft: LaneDraft,
  { event, due, timeout }: Activity & { kind: "event-wait" },
  open: "open" | "exact",
) {
  const { detail, run, pen, to } = draft;
  if (isInterpreterTask(detail.task)) {
    pen.claimed("inferred");
    const deadline = timeout === Number.POSITIVE_INFINITY ? null : timeout;
    const facts = describeInterpretedWait(draft, event);
    return pen.draw({ ...facts, ...(deadline !== undefined && { deadline }) }, Math.min(due, to), {
      end: due > to ? open : "exact",
    });
  }
  const wait = detail.waits.find((row) => row.runId === run.runId && row.eventName === event);
  if (wait) pen.draw({ kind: "working", worker: null }, toMs(wait.createdAt));
  else pen.claimed("inferred");
  const emitted = getOwn(detail.eventsEmittedAt, event);
  pen.draw(
    {
      kind: "event-wait",
      event,
      step: wait?.stepName ?? `$awaitEvent:${event}`,
      emittedAt: emitted ? toMs(emitted) : null,
      deadline: due === Number.POSITIVE_INFINITY ? null : due,
    },
    Math.min(due, to),
    { end: due > to ? open : "exact" },
  );
}

/** A wait of the interpreter, named after the waiting operator where that is recorded. */
function describeInterpretedWait({ detail, run }: LaneDraft, event: string) {
  const wait = detail.waits.find((row) => row.runId === run.runId && row.eventName === event);
  const noted = Object.entries(detail.awaited ?? {}).find(([, awaited]) => awaited === event);
  const emitted = getOwn(detail.eventsEmittedAt, event);
  return {
    kind: "event-wait",
    event,
    step: wait?.stepName ?? noted?.[0] ?? `$awaitEvent:${event}`,
    emittedAt: emitted ? toMs(emitted) : null,
  } as const;
}
