import { createHash } from "node:crypto";
import { fingerprint, fingerprintValue } from "@/lib/diagnosis/fingerprint";
import type { Iso } from "@/lib/model/instants";
import { toMs } from "@/lib/model/instants";
import type { FailureGroup, FailureOutcomes } from "@/lib/model/rows/failure";
import type { Pausing } from "@/lib/model/work/turns";
import type { TimeGrid } from "../scope/time-grid";
import type { FailedAttempt } from "./attempts";

const SAMPLES = 5;

type Draft = Omit<FailureGroup, "queues" | "first"> & {
  byQueue: Map<string, number>;
  firstAt: Iso;
  /** `firstAt` and `lastAt` in milliseconds. */
  firstMs: number;
  lastMs: number;
};

/** Failures before the window, newest first; `complete` if there are no older ones. */
type Earlier = { rows: readonly FailedAttempt[]; complete: boolean };

/** The number of failures between two yields. */
const STRETCH = 50;

/**
 * Groups failed attempts, passed newest first, by task name, error name and message pattern. Most attempts first.
 * Pauses, because twenty thousand different messages take most of a second.
 *
 * @param earlier failures before the window, which show whether an error is new in it; `null` if they were not
 * read.
 */
export function* groupFailures(
  rows: readonly FailedAttempt[],
  grid: TimeGrid,
  earlier: Earlier | null = null,
): Pausing<FailureGroup[]> {
  const drafts = new Map<string, Draft>();
  const patternOf = createFingerprints();
  for (const [index, row] of rows.entries()) {
    if (index % STRETCH === 0) yield;
    const pattern = patternOf(row);
    const key = getKey(row, pattern);
    let draft = drafts.get(key);
    if (!draft) {
      draft = open(key, row, pattern, grid);
      drafts.set(key, draft);
    }
    add(draft, row, grid);
  }
  const before = new Map<string, Iso>();
  for (const [index, row] of earlier?.rows.entries() ?? []) {
    if (index % STRETCH === 0) yield;
    const key = getKey(row, patternOf(row));
    const known = before.get(key);
    if (known === undefined || row.failedAt < known) before.set(key, row.failedAt);
  }
  // Instants are parsed once each: comparing their texts would parse them many times.
  const groups: { group: FailureGroup; last: number }[] = [];
  for (const [key, draft] of drafts) {
    if (groups.length % STRETCH === 0) yield;
    const group = close(draft, before.get(key), earlier?.complete ?? false);
    groups.push({ group, last: toMs(group.lastAt) });
  }
  yield;
  groups.sort(
    (a, b) => b.group.attempts - a.group.attempts || (a.last === b.last ? 0 : b.last - a.last),
  );
  yield;
  return groups.map(({ group }) => group);
}

/** The failures that belong to the group with this id, in the given order. */
export function* listMembers(id: string, rows: readonly FailedAttempt[]): Pausing<FailedAttempt[]> {
  const patternOf = createFingerprints();
  const known = new Map<string, boolean>();
  const members: FailedAttempt[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % STRETCH === 0) yield;
    const key = getKey(row, patternOf(row));
    const belongs = known.get(key) ?? shorten(key) === id;
    known.set(key, belongs);
    if (belongs) members.push(row);
  }
  return members;
}

/**
 * Fingerprints of many messages. A fingerprint has no digits and shows only whether there were any, so it is
 * computed once for all messages that differ only in digits.
 */
function createFingerprints(): (row: FailedAttempt) => string {
  const known = new Map<string, string>();
  return ({ message, isValue }) => {
    if (isValue) return fingerprintValue(message);
    const outline = message.replace(/\d/g, "0");
    const pattern = known.get(outline) ?? fingerprint(outline);
    known.set(outline, pattern);
    return pattern;
  };
}

/** NUL separates the parts: no name contains it, because PostgreSQL refuses it. */
function getKey({ taskName, errorName }: FailedAttempt, pattern: string): string {
  return `${taskName}\0${errorName ?? "\0"}\0${pattern}`;
}

function shorten(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}

function open(key: string, row: FailedAttempt, pattern: string, grid: TimeGrid): Draft {
  return {
    id: shorten(key),
    taskName: row.taskName,
    errorName: row.errorName,
    pattern,
    attempts: 0,
    tasks: { exhausted: 0, refused: 0, retrying: 0, recovered: 0, cancelled: 0 },
    firstAt: row.failedAt,
    lastAt: row.failedAt,
    firstMs: toMs(row.failedAt),
    lastMs: toMs(row.failedAt),
    trend: new Array<number>(grid.buckets).fill(0),
    samples: [],
    byQueue: new Map(),
  };
}

function add(draft: Draft, row: FailedAttempt, { from, step, buckets }: TimeGrid): void {
  draft.attempts++;
  const ms = toMs(row.failedAt);
  if (ms < draft.firstMs) {
    draft.firstAt = row.failedAt;
    draft.firstMs = ms;
  }
  if (ms > draft.lastMs) {
    draft.lastAt = row.failedAt;
    draft.lastMs = ms;
  }
  const bucket = Math.floor((ms - from) / step);
  const at = Math.min(Math.max(bucket, 0), buckets - 1);
  draft.trend[at] = (draft.trend[at] ?? 0) + 1;
  draft.byQueue.set(row.queue, (draft.byQueue.get(row.queue) ?? 0) + 1);
  if (row.isLatest) draft.tasks[outcome(row)]++;
  if (draft.samples.length < SAMPLES && !draft.samples.some((one) => one.taskId === row.taskId))
    draft.samples.push(sample(row));
}

function sample({ queue, taskId, tenantId, taskState, attempt, failedAt, message }: FailedAttempt) {
  return { queue, taskId, tenantId, state: taskState, attempt, failedAt, message };
}

function outcome({ taskState, attemptsLeft }: FailedAttempt): keyof FailureOutcomes {
  if (taskState === "failed") return attemptsLeft ? "refused" : "exhausted";
  if (taskState === "completed") return "recovered";
  return taskState === "cancelled" ? "cancelled" : "retrying";
}

function close(
  { byQueue, firstAt, firstMs: _first, lastMs: _last, ...group }: Draft,
  before: Iso | undefined,
  complete: boolean,
): FailureGroup {
  const queues = [...byQueue].sort((a, b) => b[1] - a[1]).map(([queue]) => queue);
  const read = before === undefined ? "in-window" : "or-earlier";
  return {
    ...group,
    queues,
    first: { at: before ?? firstAt, precision: complete ? "exact" : read },
  };
}
