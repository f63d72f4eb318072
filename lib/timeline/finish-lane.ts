import type { LaneDraft } from "./lane-draft.ts";
import { type Ahead, toMs } from "./model.ts";
import { readError, readObject } from "./read-json.ts";
import { readStanding, readSuspension, type Standing } from "./standing.ts";

/** Draws what follows the last checkpoint up to the end of the lane, what lies ahead, and how the attempt ended. */
export function finishLane(draft: LaneDraft): void {
  const { run, lane, pen, to } = draft;
  if (run.state === "completed") {
    pen.draw({ kind: "working", worker: run.claimedBy }, to);
    lane.markers.push({ kind: "completed", at: to });
  } else if (run.state === "failed") {
    finishFailed(draft);
  } else if (run.state === "cancelled") {
    const standing = standingWhenCancelled(draft);
    if (standing) drawStanding(draft, standing);
    else pen.draw({ kind: "working", worker: null }, to);
    lane.markers.push({ kind: "cancelled", at: to });
  } else {
    const standing = readStanding(run, draft.detail);
    if (standing) drawStanding(draft, standing);
  }
}

function finishFailed({ run, pen, lane, lastTrace, to }: LaneDraft) {
  const reason = readObject(run.failureReason);
  const error = readError(run.failureReason);
  if (error?.name === "$ClaimTimeout" && run.claimExpiresAt) {
    const worker = run.claimedBy;
    const expiredAt = Math.min(toMs(run.claimExpiresAt), to);
    pen.draw({ kind: "lost", worker, expiredAt }, expiredAt);
    pen.draw({ kind: "expired", worker, expiredAt }, to);
    lane.markers.push({ kind: "lease-expired", at: expiredAt, label: String(reason?.workerId) });
    return;
  }
  // Only a suspended run has lost its claim when it fails: its handler went on although it was asleep.
  const asleep = run.claimedBy === null && lastTrace?.kind !== "step";
  pen.draw(asleep ? { kind: "unknown" } : { kind: "failure", error }, to);
  lane.markers.push({ kind: "failed", at: to, ...(error ? { label: error.message } : {}) });
}

/** What a cancelled run was doing; `null` if it was executing: claims write both columns at one instant. */
function standingWhenCancelled({ run, detail, lastTrace }: LaneDraft): Standing | null {
  if (!run.startedAt) return { kind: "queued", due: toMs(run.availableAt) };
  if (run.availableAt === run.startedAt) return null;
  if (lastTrace?.kind === "event-wait" && !run.wakeEvent && run.eventPayload)
    return { kind: "woken", due: toMs(run.availableAt) };
  return readSuspension(run, detail);
}

function drawStanding(draft: LaneDraft, standing: Standing) {
  const { run, pen, lane, to } = draft;
  const active = run.state !== "cancelled";
  const open = active ? "open" : "exact";
  const look = (kind: Ahead["kind"], until: number) => {
    if (active && until > to) lane.ahead.push({ kind, from: to, until });
  };
  const drawLate = (due: number) => pen.draw({ kind: "late", due }, to, { end: open });
  switch (standing.kind) {
    case "running": {
      const { claimedBy: worker } = run;
      const leaseEnd = standing.leaseEnd ?? Number.POSITIVE_INFINITY;
      if (leaseEnd > to) pen.draw({ kind: "working", worker }, to, { end: open });
      else {
        pen.draw({ kind: "working", worker }, leaseEnd);
        pen.draw({ kind: "expired", worker, expiredAt: leaseEnd }, to, { end: open });
        lane.markers.push({ kind: "lease-expired", at: leaseEnd, label: worker ?? "" });
      }
      if (standing.leaseEnd !== null) look("lease", leaseEnd);
      return;
    }
    case "event-wait":
      drawEventWait(draft, standing, open);
      drawLate(standing.due);
      return look("event-wait", standing.due);
    case "sleep": {
      const { step, due } = standing;
      const until = Math.min(due, to);
      const end = due > to ? open : "exact";
      const last = lane.spans.at(-1);
      if (last?.kind === "sleep" && last.step === step) pen.extend(until, end);
      else pen.draw({ kind: "sleep", step, until: due }, until, { end });
      drawLate(due);
      return look("sleep", due);
    }
    case "put-back": {
      const { due, deferral } = standing;
      pen.draw({ kind: "deferred", until: due, unknownTask: deferral }, Math.min(due, to), {
        end: due > to ? open : "exact",
      });
      drawLate(due);
      return look("deferred", due);
    }
    case "woken":
      pen.draw({ kind: "queued", reason: "woken" }, to, { end: open });
      return;
    default:
      // A run that nobody has claimed is drawn already.
      look("backoff", standing.due);
  }
}

function drawEventWait(
  { detail, run, pen, to }: LaneDraft,
  { event, due }: { event: string; due: number },
  open: "open" | "exact",
) {
  const wait = detail.waits.find((row) => row.runId === run.runId && row.eventName === event);
  if (wait) pen.draw({ kind: "working", worker: null }, toMs(wait.createdAt));
  else pen.claimed("inferred");
  const emitted = detail.eventsEmittedAt[event];
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
