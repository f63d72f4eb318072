import type { Json } from "../../model/json.ts";
import type { Operator, RouterOperator } from "../model/workflow.ts";
import { attemptPath } from "./entry-names.ts";
import type { Entry, RecordIndex } from "./record-index.ts";
import { selectTarget } from "./routing.ts";
import type { Failure } from "./states.ts";

/**
 * What the records show about an operator. `at` is when it ended, in milliseconds. `selected` are the targets of a
 * router, `undefined` if they are not known. `isTerminal` marks the end of the whole run.
 */
export type Observation =
  | { state: "completed"; at: number; selected?: readonly string[] | undefined; isTerminal?: true }
  | { state: "failed"; at: number; failure: Failure | null }
  | { state: "cancelled" | "skipped" | "upstream_failed"; at: number; isTerminal?: true }
  | { state: "running" | "sleeping" | "pending" };

/** An observation of an operator without anything inside; `undefined` if nothing is recorded. */
export function observeLeaf(
  records: RecordIndex,
  operator: Operator,
  path: string,
): Observation | undefined {
  const own = records.get(path);
  const attempt = attemptPath(path, records.attemptAt(path));
  switch (operator.operator_type) {
    case "condition":
    case "switch":
      return own && observeChoice(observeValue(records, own), operator, own.value);
    case "wait":
      return own && observePause(records, own);
    case "activity":
    case "reflexive":
      return observePart(records, path);
    case "terminate":
      return own && { state: "completed", at: own.at, isTerminal: true };
    default: {
      const value = currentValue(records, path);
      if (value) return observeValue(records, value);
      if (records.get(`${attempt}/timed_out`)) return { state: "running" };
      if (records.get(`${attempt}/waiting`) ?? records.get(`${attempt}/children`))
        return { state: "sleeping" };
      return observeRetry(records, path) ?? observeOwnTask(records, path);
    }
  }
}

/** The value of an operator, unless an attempt failed after it was recorded. */
function currentValue(records: RecordIndex, path: string): Entry | undefined {
  const attempt = records.attemptAt(path);
  const failedAt = records.get(`${path}/attempt/${attempt - 1}`)?.at ?? Number.NEGATIVE_INFINITY;
  const values = [records.get(attemptPath(path, attempt)), records.get(path)];
  return values.find((value) => value && value.at > failedAt);
}

/** Programs other than the interpreter may spawn a task for any operator; the operator ends when its task does. */
function observeOwnTask(records: RecordIndex, path: string): Observation | undefined {
  if (records.isComplete) return undefined;
  const isOver = records.parts.get(path) === "completed";
  return isOver ? { state: "completed", at: records.now } : observePart(records, path);
}

/** Observes a part by its recorded end, or else by the state of its task. */
export function observePart(records: RecordIndex, path: string): Observation | undefined {
  const end = records.get(path);
  if (end) return observeEnd(records, end);
  const task = records.parts.get(path);
  switch (task) {
    case undefined:
      return undefined;
    case "completed":
      // The waiting task has not recorded its end yet.
      return { state: "running" };
    case "failed":
      return { state: "failed", at: records.afterAll, failure: null };
    case "cancelled":
      return { state: "cancelled", at: records.afterAll };
    default:
      return { state: task };
  }
}

/** The final failure of an operator. */
export function observeFailure(records: RecordIndex, path: string): Observation | undefined {
  const entry = records.get(`${path}/failed`);
  return entry && { state: "failed", at: entry.at, failure: parseFailure(entry.value) };
}

/** The pause before the next attempt, while it lasts. */
export function observeRetry(records: RecordIndex, path: string): Observation | undefined {
  const wake = records.get(`${path}/retry/${records.attemptAt(path) - 1}`);
  return wake && parseTime(wake) > records.now ? { state: "sleeping" } : undefined;
}

function observeChoice(
  found: Observation,
  router: RouterOperator,
  value: Json | undefined,
): Observation {
  if (found.state !== "completed") return found;
  if (value === undefined) return found;
  const target = selectTarget(router, value);
  return { ...found, selected: target === null ? [] : [target] };
}

function observePause(records: RecordIndex, wake: Entry): Observation {
  const at = parseTime(wake);
  return at > records.now
    ? { state: "sleeping" }
    : { state: "completed", at: Math.max(at, wake.at) };
}

/** The end that a recorded value means. Values of other programs may name a state other than `completed`. */
function observeValue(records: RecordIndex, entry: Entry): Observation {
  return records.isComplete ? { state: "completed", at: entry.at } : observeEnd(records, entry);
}

function observeEnd({ isComplete }: RecordIndex, { at, status, value }: Entry): Observation {
  switch (status) {
    case "failed":
    case "cancelled":
      return { state: "failed", at, failure: parseFailure(getMember(value, "error")) };
    case "skipped":
    case "upstream_failed":
      if (!isComplete) return { state: status, at };
      break;
    case "completed":
      return { state: "completed", at };
    case "terminated":
      return { state: "skipped", at, isTerminal: true };
  }
  // The interpreter treats the payload of a foreign event as a failure: see `endOfPart`.
  return isComplete ? { state: "failed", at, failure: null } : { state: "completed", at };
}

/** `-Infinity` for a value that is not a time. */
function parseTime({ value }: Entry): number {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** The failure that a value describes; `null` for any other value. */
export function parseFailure(value: Json | undefined): Failure | null {
  const [type, message] = [getMember(value, "type"), getMember(value, "message")];
  return typeof type === "string" && typeof message === "string" ? { type, message } : null;
}

function getMember(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value[key];
}
