/** The kinds of operator that can be executed, as written in `operator_type`. */
export const OPERATOR_TYPES = [
  "task",
  "condition",
  "wait",
  "parallel",
  "foreach",
  "switch",
  "while",
  "emit_event",
  "wait_for_event",
  "join",
  "activity",
] as const;
export type OperatorType = (typeof OPERATOR_TYPES)[number];

/** Kinds that exist in name or in later releases of the language; like unknown ones they are kept and drawn, not run. */
export type OpaqueType =
  | "try_catch"
  | "reflexive"
  | "multi_choice"
  | "terminate"
  | "child_workflow";

export const JOIN_MODES = ["all_of", "any_of", "all_success", "one_success"] as const;
export type JoinMode = (typeof JOIN_MODES)[number];

export const TRIGGER_RULES = [
  "all_success",
  "all_done",
  "one_success",
  "one_done",
  "none_failed",
] as const;
export type TriggerRule = (typeof TRIGGER_RULES)[number];

const OPERATOR_TYPE_SET: ReadonlySet<string> = new Set(OPERATOR_TYPES);

/** Whether operators of this kind can be executed. */
export function isOperatorType(type: unknown): type is OperatorType {
  return typeof type === "string" && OPERATOR_TYPE_SET.has(type);
}
