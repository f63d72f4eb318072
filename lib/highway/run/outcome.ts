import type { Queryable } from "../../absurd/connection/queryable.ts";
import { AbsurdDbError, InvalidArgumentError } from "../../absurd/errors.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Failure, States } from "../machine/states.ts";
import type { TerminateStatus } from "../model/workflow.ts";

/** Why an operator cannot continue now. */
export type Wait =
  | { kind: "timer"; at: Date }
  | {
      kind: "event";
      event: string;
      /** The entry that will hold the payload. */
      step: string;
      deadline: Date | null;
      /** The entry that is recorded when the deadline has passed. */
      timedOut: string;
      /** The task that emits the event when it ends, unless it dies. */
      child?: Uuid;
    };

export type Blocked = { state: "blocked"; waits: Wait[] };

/** Results that become visible outside the scope that produced them. */
export type Names = { results: JsonObject; tasks: JsonObject };

export const NO_NAMES: Names = { results: {}, tasks: {} };

export type Ended =
  | {
      state: "completed";
      value: Json;
      inner?: States;
      names?: Names;
      /** For a router: the operators that run next. */
      selected?: readonly string[];
    }
  | {
      state: "failed";
      error: Failure;
      inner?: States;
      names?: Names;
      /** Set if another attempt would not help. */
      isFinal?: true;
      /** Counts the failure, in the transaction that records it. */
      count?: (tx: Queryable) => Promise<void>;
    };

/** The end of the whole run, as a `terminate` describes it. */
export type Termination = {
  status: TerminateStatus;
  result: JsonObject;
  reason: string;
  /** Its path in the run. */
  operator: string;
};

export type Terminated = { state: "terminated"; by: Termination };

export type Outcome = Ended | Blocked | Terminated;

export const completed = (value: Json): Ended => ({ state: "completed", value });
export const blockedBy = (...waits: Wait[]): Blocked => ({ state: "blocked", waits });

/** The end of an operator that threw this value, of any type. */
export function failed(error: unknown, inner?: States): Ended {
  return failedWith(toFailure(error), inner);
}

/** The end of an operator with this failure. */
export function failedWith(error: Failure, inner?: States): Ended {
  return { state: "failed", error, ...(inner && { inner }) };
}

/** Longer messages are cut: people read them, and every part that fails passes them on. */
const MAX_MESSAGE = 10_000;

/** The failure for a thrown value of any type, as text that PostgreSQL can store. */
export function toFailure(error: unknown): Failure {
  const { name, message } = describeThrown(error);
  const details = error instanceof OperatorError ? error.details : {};
  return { ...details, type: toStorable(name), message: toStorable(message) };
}

/** Anything can be thrown, including objects whose members throw. */
function describeThrown(error: unknown): { name: string; message: string } {
  if (typeof error !== "object" || error === null) return { name: "Error", message: toText(error) };
  try {
    const { name, type, message } = error as Record<string, unknown>;
    const found = [name, type].find((one) => typeof one === "string" && one !== "");
    return { name: String(found ?? "Error"), message: toText(message ?? error) };
  } catch {
    return { name: "Error", message: "The thrown value cannot be read." };
  }
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return String(value);
  } catch {
    return "The thrown value has no text.";
  }
}

/** `jsonb` cannot hold U+0000 or half of a surrogate pair. */
function toStorable(text: string): string {
  return text.slice(0, MAX_MESSAGE).replace(/[\0\p{Surrogate}]/gu, "\uFFFD");
}

/** The end of a scope: `value` is that of the last completed operator. */
export type ScopeEnd = { states: States; names: Names } & (
  | { state: "completed"; value: Json }
  | { state: "failed"; error: Failure }
  | Terminated
);

/** The end of a part: the payload of its event. */
export type PartEnd = { states: States; names: Names } & (
  | { status: "completed"; result: Json }
  | { status: "failed" | "cancelled"; error: Failure }
  | { status: "terminated"; by: Termination }
);

/** The end of a run: its own, by a `terminate`, by its deadline, or by cancellation. */
export type Ending =
  | { status: "completed"; result: Json }
  | { status: "failed" | "cancelled"; error: Failure };

/** An error of the workflow itself: the operator fails, the engine's run does not. */
export class OperatorError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** Further members of the recorded failure. */
    readonly details: JsonObject = {},
  ) {
    super(message);
  }
}

/**
 * Evaluates a part of a definition: a template, an expression or a duration. Anything thrown there is the
 * operator's failure, not a reason to execute the task again.
 */
export function evaluate<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { type, message } = toFailure(error);
    throw new OperatorError(type, message);
  }
}

/** SQLSTATE classes for values that PostgreSQL cannot store: data exceptions, and limits such as the size of a key. */
const DATA_ERRORS = ["22", "54"];

/** Whether the engine refused what the workflow tried to write; another try would not help. */
export function isDataError(error: unknown): boolean {
  if (error instanceof InvalidArgumentError) return true;
  return error instanceof AbsurdDbError && DATA_ERRORS.includes(error.code.slice(0, 2));
}
