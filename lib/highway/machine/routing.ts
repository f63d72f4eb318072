import { stringifyJson } from "../../absurd/connection/json.ts";
import type { Json } from "../../model/json.ts";
import type { JoinMode, MultiChoiceOperator, RouterOperator } from "../model/workflow.ts";
import { isUnsuccessful } from "./states.ts";

/** The operator that a condition or switch selects by its value; `null` for none. */
export function selectTarget(router: RouterOperator, value: Json): string | null {
  if (router.operator_type === "condition")
    return value === true ? router.if_true : router.if_false;
  const key = toCase(value);
  return Object.hasOwn(router.cases, key) ? (router.cases[key] ?? null) : router.default;
}

/** A switch's value as the text of a case: trimmed, numbers without a fraction of zero, `true`, `false` and `null`. */
export function toCase(value: Json): string {
  return typeof value === "string" ? value.trim() : stringifyJson(value);
}

/** The member that makes a join fail, given the states of its members; `undefined` if it succeeds. */
export function findJoinFailure(
  mode: JoinMode,
  members: readonly (readonly [id: string, state: string])[],
): string | undefined {
  const counted = members.filter(([, state]) => state !== "skipped" && state !== "running");
  const [failed] = counted.find(([, state]) => isUnsuccessful(state)) ?? [];
  switch (mode) {
    case "all_of":
      return undefined;
    case "any_of":
      return isUnsuccessful(counted[0]?.[1]) ? counted[0]?.[0] : undefined;
    case "all_success":
      return failed;
    case "one_success":
      return counted.some(([, state]) => state === "completed") ? undefined : failed;
  }
}

/**
 * The operators of the choice's own scope that its chosen branches name, unless branches are separate workflows.
 */
export function selectedTasks(
  { branches, branch_workflows }: MultiChoiceOperator,
  chosen: readonly string[],
): string[] {
  return chosen.flatMap((name) =>
    Object.hasOwn(branch_workflows, name) ? [] : (branches[name]?.tasks ?? []),
  );
}
