import type { Json } from "../../model/json.ts";
import type { Operator, RouterOperator } from "../model/workflow.ts";
import { attemptPath } from "../run/attempts.ts";
import { toCase } from "../run/context.ts";
import type { Failure } from "../run/outcome.ts";
import type { Book, Entry } from "./book.ts";

/**
 * How an operator stands. `at` is when it ended, in milliseconds. `selected` is where a router leads: `null` is nowhere,
 * `undefined` is not known.
 */
export type Look =
  | { state: "completed"; at: number; selected?: string | null | undefined }
  | { state: "failed"; at: number; failure: Failure | null }
  | { state: "cancelled" | "skipped" | "upstream_failed"; at: number }
  | { state: "running" | "sleeping" | "pending" };

/** What is recorded of an operator that has nothing inside; `undefined` when that is nothing. */
export function lookAtLeaf(book: Book, operator: Operator, path: string): Look | undefined {
  const own = book.get(path);
  const attempt = attemptPath(path, book.attemptAt(path));
  switch (operator.operator_type) {
    case "condition":
    case "switch":
      return own && lookAtChoice(endOf(book, own), operator, own.value);
    case "wait":
      return own && lookAtPause(book, own);
    case "activity":
      return lookAtPart(book, path);
    default: {
      const value = own ?? book.get(attempt);
      if (value) return endOf(book, value);
      if (book.get(`${attempt}/timed_out`)) return { state: "running" };
      if (book.get(`${attempt}/waiting`)) return { state: "sleeping" };
      return lookAtRetry(book, path) ?? lookAtOwnTask(book, path);
    }
  }
}

/** Other programs than the interpreter may spawn a task for any operator; it ends when that does. */
function lookAtOwnTask(book: Book, path: string): Look | undefined {
  const isOver = book.records.parts.get(path) === "completed";
  if (book.records.isComplete) return undefined;
  return isOver ? { state: "completed", at: book.records.now } : lookAtPart(book, path);
}

/** How a part stands: by its end where that is recorded, else by its task. */
export function lookAtPart(book: Book, path: string): Look | undefined {
  const end = book.get(path);
  if (end) return partEnd(end);
  const task = book.records.parts.get(path);
  switch (task) {
    case undefined:
      return undefined;
    case "completed":
      // Its end is on the way to the task that waits for it.
      return { state: "running" };
    case "failed":
      return { state: "failed", at: book.records.now, failure: null };
    case "cancelled":
      return { state: "cancelled", at: book.records.now };
    default:
      return { state: task };
  }
}

/** The failure of an operator, for good. */
export function lookAtFailure(book: Book, path: string): Look | undefined {
  const entry = book.get(`${path}/failed`);
  return entry && { state: "failed", at: entry.at, failure: toFailure(entry.value) };
}

/** The pause before the next attempt, where an operator is in one. */
export function lookAtRetry(book: Book, path: string): Look | undefined {
  const wake = book.get(`${path}/retry/${book.attemptAt(path) - 1}`);
  return wake && timeOf(wake) > book.records.now ? { state: "sleeping" } : undefined;
}

function lookAtChoice(look: Look, router: RouterOperator, value: Json | undefined): Look {
  return look.state === "completed" ? { ...look, selected: targetOf(router, value) } : look;
}

function lookAtPause(book: Book, wake: Entry): Look {
  const at = timeOf(wake);
  return at > book.records.now
    ? { state: "sleeping" }
    : { state: "completed", at: Math.max(at, wake.at) };
}

/** The end that a value stands for. Other programs than the interpreter say in it when it is a bad one. */
function endOf({ records }: Book, entry: Entry): Look {
  return records.isComplete ? { state: "completed", at: entry.at } : partEnd(entry);
}

function partEnd({ at, status, value }: Entry): Look {
  switch (status) {
    case "failed":
    case "cancelled":
      return { state: "failed", at, failure: toFailure(memberOf(value, "error")) };
    case "skipped":
    case "upstream_failed":
      return { state: status, at };
    default:
      return { state: "completed", at };
  }
}

function targetOf(router: RouterOperator, value: Json | undefined): string | null | undefined {
  if (value === undefined) return undefined;
  if (router.operator_type === "condition")
    return value === true ? router.if_true : router.if_false;
  const key = toCase(value);
  return Object.hasOwn(router.cases, key) ? (router.cases[key] ?? null) : router.default;
}

/** `-Infinity` for what is no time. */
function timeOf({ value }: Entry): number {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** What an entry says of a failure, as far as it can be read. */
export function toFailure(value: Json | undefined): Failure | null {
  const [type, message] = [memberOf(value, "type"), memberOf(value, "message")];
  return typeof type === "string" && typeof message === "string" ? { type, message } : null;
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value[key];
}
