import { toMs } from "@/lib/model/instants";
import type { Checkpoint, TaskDetail } from "@/lib/model/task";
import {
  type Ahead,
  getShownProjection,
  type Lane,
  type Marker,
  type Projection,
  type Span,
  type Timeline,
} from "@/lib/timeline/model";

/** A row of the drawing. A span and its tail (a sleep and its late claim) share one. */
export type Row =
  | { kind: "lane"; key: string; lane: Lane; open: boolean }
  | { kind: "span"; key: string; lane: Lane; span: Span; tail: Span | null; ahead: Ahead | null }
  | { kind: "replayed"; key: string; lane: Lane; span: Replayed; open: boolean }
  | {
      kind: "replayed-step";
      key: string;
      lane: Lane;
      span: Replayed;
      checkpoint: Checkpoint;
      attempt: number | null;
    }
  | { kind: "late-write"; key: string; lane: Lane; marker: Marker }
  | { kind: "projection"; key: string; projection: Projection };

export type Replayed = Span & { kind: "replayed" };

/** Run ids of the lanes and replayed groups that the reader has toggled from their default. */
export type Folding = { lanes: ReadonlySet<string>; replayed: ReadonlySet<string> };

/** Work between steps and queueing shorter than this get no row. */
const MIN_ROW_MS = 50;
/** With more attempts than this, all but the last three start collapsed. */
const MAX_OPEN_LANES = 5;

const TAILS: Partial<Record<Span["kind"], readonly Span["kind"][]>> = {
  sleep: ["late"],
  "event-wait": ["late", "queued"],
  "timed-out-wait": ["late"],
  deferred: ["late"],
  backoff: ["queued"],
  lost: ["expired"],
  working: ["expired"],
};

/** All visible rows in order. */
export function listRows(timeline: Timeline, detail: TaskDetail, folding: Folding): Row[] {
  const { lanes } = timeline;
  const projection = getShownProjection(timeline);
  const rows = lanes.flatMap((lane, index): Row[] => {
    const folded = lanes.length > MAX_OPEN_LANES && index < lanes.length - 3;
    const open = folded === folding.lanes.has(lane.runId);
    const head: Row = { kind: "lane", key: lane.runId, lane, open };
    return open ? [head, ...listLane(lane, detail, folding)] : [head];
  });
  if (projection) rows.push({ kind: "projection", key: "projection", projection });
  return rows;
}

/** In pixels. */
export function getRowHeight(row: Row): number {
  if (row.kind === "lane") return 32;
  return row.kind === "replayed-step" ? 24 : 28;
}

function listLane(lane: Lane, detail: TaskDetail, folding: Folding): Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < lane.spans.length; index++) {
    const span = lane.spans[index];
    if (!span) continue;
    if (span.kind === "replayed") {
      rows.push(...listReplayed(lane, span, detail, folding));
      continue;
    }
    const next = lane.spans[index + 1];
    const tail = next && TAILS[span.kind]?.includes(next.kind) ? next : null;
    if (tail) index++;
    if (!tail && isNegligible(span)) continue;
    const last = index === lane.spans.length - 1;
    const ahead = (last && lane.ahead[0]) || null;
    rows.push({ kind: "span", key: span.id, lane, span, tail, ahead });
  }
  for (const marker of lane.markers)
    if (marker.kind === "written-late")
      rows.push({ kind: "late-write", key: `${lane.runId}.late.${marker.label}`, lane, marker });
  return rows;
}

function isNegligible(span: Span): boolean {
  const minimum = { working: MIN_ROW_MS, queued: MIN_ROW_MS }[span.kind as string];
  return minimum !== undefined && span.end !== "open" && span.to - span.from < minimum;
}

function listReplayed(lane: Lane, span: Replayed, detail: TaskDetail, folding: Folding): Row[] {
  const open = folding.replayed.has(lane.runId);
  const head: Row = { kind: "replayed", key: `${lane.runId}.replayed`, lane, span, open };
  if (!open) return [head];
  const attempts = new Map(detail.runs.map((run) => [run.runId, run.attempt]));
  return [
    head,
    ...detail.checkpoints
      .map((checkpoint) => ({
        checkpoint,
        attempt: checkpoint.ownerRunId ? (attempts.get(checkpoint.ownerRunId) ?? null) : null,
      }))
      .filter(({ checkpoint, attempt }) =>
        attempt === lane.attempt
          ? toMs(checkpoint.updatedAt) <= span.from && span.copied > 0
          : attempt !== null && attempt < lane.attempt,
      )
      .map(({ checkpoint, attempt }): Row => {
        const key = `${lane.runId}.replayed.${checkpoint.name}`;
        return { kind: "replayed-step", key, lane, span, checkpoint, attempt };
      }),
  ];
}
