import type { Checkpoint, Run, TaskDetail } from "@/lib/model/task";
import { classifyCheckpoint } from "./classify-checkpoint.ts";
import { finishLane } from "./finish-lane.ts";
import type { LaneDraft } from "./lane-draft.ts";
import { type Lane, type Marker, toMs } from "./model.ts";
import { plannedStart } from "./planned-start.ts";
import { readError, readTimedOutWait } from "./read-json.ts";
import { describeStrategy } from "./retry-delay.ts";
import { SpanPen } from "./span-pen.ts";

/**
 * Reconstructs one attempt. The engine keeps the last claim of a run, the end of each checkpoint, the planned end of each
 * sleep and the instant of each emission; claims in between are overwritten, so what starts there is inferred.
 *
 * @param own the checkpoints this run wrote, by `updatedAt`
 * @param from where the lane starts and `to` where it ends, in milliseconds
 */
export function buildLane(
  detail: TaskDetail,
  run: Run,
  own: Checkpoint[],
  bounds: { from: number; to: number },
): Lane {
  const { from, to } = bounds;
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
  const draft: LaneDraft = { detail, run, to, pen, lane, lastClaim, lastTrace: null };

  const firstClaim = readFirstClaim(detail, run, own);
  const [copied, written] = splitAt(own, (checkpoint) => isCopy(checkpoint, firstClaim, run));
  const [during, late] = splitAt(written, (checkpoint) => toMs(checkpoint.updatedAt) <= to);

  drawUntilClaimed(draft, firstClaim);
  drawReplayed(draft, copied.length);
  during.forEach((checkpoint, index) => {
    const next = during[index + 1];
    drawCheckpoint(draft, checkpoint, next ? toMs(next.updatedAt) : to);
  });
  resumeAtLastClaim(draft);
  finishLane(draft);
  // Rows no engine writes may leave a rest; it is drawn as what it is.
  pen.draw({ kind: "unknown" }, to);
  // A sleep that goes on is drawn by its checkpoint, whenever that was written.
  const isDrawn = ({ name }: Checkpoint) =>
    lane.spans.some((span) => "step" in span && span.step === name);
  lane.markers.push(...late.filter((checkpoint) => !isDrawn(checkpoint)).map(writtenLate));
  return lane;
}

/**
 * The run's first claim: recorded for the task's first attempt, the last claim for a run that shows no sign of an
 * earlier one, `unknown` for the others.
 */
function readFirstClaim(
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

/** Only a fork writes checkpoints for a run that nobody has claimed yet. */
function isCopy(checkpoint: Checkpoint, firstClaim: number | "unknown" | null, run: Run): boolean {
  if (firstClaim === null) return true;
  return run.attempt === 1 && firstClaim !== "unknown" && toMs(checkpoint.updatedAt) < firstClaim;
}

function drawUntilClaimed(
  { detail, run, pen, to }: LaneDraft,
  firstClaim: number | "unknown" | null,
) {
  const plan = plannedStart(detail, run);
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
  pen.draw({ kind: "replayed", count, attempts: from, copied }, pen.at, { next: "inferred" });
}

function drawCheckpoint(draft: LaneDraft, checkpoint: Checkpoint, nextFact: number) {
  const { detail, run, pen, lane, lastClaim } = draft;
  const at = toMs(checkpoint.updatedAt);
  if (lastClaim !== null && at >= lastClaim) resumeAtLastClaim(draft);
  const trace = classifyCheckpoint(checkpoint, run, detail);
  draft.lastTrace = trace;
  const step = checkpoint.name;
  if (trace.kind === "step") return pen.draw({ kind: "step", step }, at, { next: "inferred" });
  if (trace.kind === "event-wait") {
    const { event, certain } = trace;
    lane.markers.push({ kind: "emitted", at, ...(event ? { label: event } : {}) });
    pen.claimed("inferred");
    return pen.draw({ kind: "event-wait", event, step, emittedAt: at }, at, {
      end: certain ? "exact" : "inferred",
    });
  }
  pen.draw({ kind: "working", worker: null }, at);
  const resumed = lastClaim !== null && lastClaim >= at ? Math.min(lastClaim, nextFact) : nextFact;
  const facts = { kind: "sleep", step, until: trace.until } as const;
  const asleep = run.state === "sleeping" && trace.until > draft.to;
  pen.draw(facts, Math.min(trace.until, resumed), {
    end: asleep ? "open" : "exact",
    next: "inferred",
  });
}

/** Draws the gap between what is known and the last claim, which is the one that was recorded. */
function resumeAtLastClaim({ run, pen, lastClaim, lastTrace }: LaneDraft) {
  if (lastClaim === null || pen.at > lastClaim) return;
  if (pen.at < lastClaim) {
    const event = readTimedOutEvent(run);
    if (event !== null) {
      pen.claimed("inferred");
      pen.draw({ kind: "timed-out-wait", event }, lastClaim);
    } else if (lastTrace?.kind === "sleep") {
      pen.claimed("exact");
      pen.draw({ kind: "late", due: pen.at }, lastClaim);
    } else if (lastTrace?.kind === "event-wait")
      pen.draw({ kind: "queued", reason: "woken" }, lastClaim);
    else pen.draw({ kind: "unknown" }, lastClaim);
  }
  pen.claimed("exact");
}

/**
 * The event whose wait timed out before the last claim. A handler that goes on leaves the name in `wake_event`; one that
 * fails leaves it in the error of the SDK.
 */
function readTimedOutEvent(run: Run): string | null {
  if (run.state === "sleeping") return null;
  if (run.state === "failed") return readTimedOutWait(readError(run.failureReason));
  const wasRunning = run.state !== "cancelled" || run.availableAt === run.startedAt;
  return wasRunning && run.eventPayload === null ? run.wakeEvent : null;
}

function writtenLate(checkpoint: Checkpoint): Marker {
  return { kind: "written-late", at: toMs(checkpoint.updatedAt), label: checkpoint.name };
}

function splitAt<T>(items: T[], belongs: (item: T) => boolean): [T[], T[]] {
  const index = items.findIndex((item) => !belongs(item));
  return index < 0 ? [items, []] : [items.slice(0, index), items.slice(index)];
}
