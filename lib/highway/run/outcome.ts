import type { Uuid } from "../../model/ids.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { OperatorState } from "./plan.ts";

/** Why an operator failed. */
export type Failure = { type: string; message: string };

/** What keeps an operator from going on until later. */
export type Wait =
  | { kind: "timer"; at: Date }
  | {
      kind: "event";
      event: string;
      /** The entry that will hold the payload. */
      step: string;
      deadline: Date | null;
      /** Recorded when the deadline has passed. */
      timedOut: string;
      /** The task that emits the event when it ends, unless it dies. */
      child?: Uuid;
    };

export type Blocked = { state: "blocked"; waits: Wait[] };

/** How operators ended, by path. */
export type States = Record<string, OperatorState>;

export type Ended =
  | { state: "completed"; value: Json; inner?: States; names?: Names; selected?: string | null }
  | { state: "failed"; error: Failure; inner?: States; names?: Names };

/** Values that become known outside of what made them. */
export type Names = { results: JsonObject; tasks: JsonObject };

export type Outcome = Ended | Blocked;

export const completed = (value: Json): Ended => ({ state: "completed", value });
export const blockedBy = (...waits: Wait[]): Blocked => ({ state: "blocked", waits });

export function failed(error: unknown, inner?: States): Ended {
  return { state: "failed", error: toFailure(error), ...(inner && { inner }) };
}

export function toFailure(error: unknown): Failure {
  if (error instanceof Error) return { type: error.name, message: error.message };
  if (isFailure(error)) return { type: error.type, message: error.message };
  return { type: "Error", message: String(error) };
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== "object" || value === null) return false;
  const { type, message } = value as Partial<Failure>;
  return typeof type === "string" && typeof message === "string";
}

/** How a scope ended: `value` is that of the completed operator furthest from the beginning. */
export type ScopeEnd = { states: States; names: Names } & (
  | { state: "completed"; value: Json }
  | { state: "failed"; error: Failure & { task: string } }
);

/** A failure of a workflow's own making: the operator fails, the engine's run does not. */
export class OperatorError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}
