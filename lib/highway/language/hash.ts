import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { stringifyJson } from "../../absurd/connection/json.ts";
import type { Json } from "../../model/json.ts";
import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import { isBranching, isLoop, type Operator, type Workflow } from "../model/workflow.ts";

/** SHA-256 of `formatHashed`, in hexadecimal. It is the same for JSON and YAML. In Node, `computeHash` is faster. */
export function workflowHash(workflow: Workflow): string {
  return bytesToHex(sha256(utf8ToBytes(formatHashed(workflow))));
}

/**
 * A workflow's JSON with sorted keys and without nulls. Fields that version 2.2 of the language added count only when
 * they differ from their defaults, so that definitions stored before keep their hash.
 */
export function formatHashed(workflow: Workflow): string {
  return workAtOnce(formatHashedInTurns(workflow));
}

/** Like `formatHashed`, with a pause after each operator. */
export function* formatHashedInTurns({ tasks, ...workflow }: Workflow): Pausing<string> {
  const operators: string[] = [];
  for (const key of sortKeys(tasks)) {
    const operator = tasks[key];
    if (operator === undefined) continue;
    const text = stringifyJson(normalise(operatorWithoutNewDefaults(operator)));
    operators.push(`${JSON.stringify(key)}:${text}`);
    yield;
  }
  const members = withoutNewDefaults(workflow);
  return `{${sortKeys({ ...members, tasks: 0 })
    .map((key) => {
      const text = key === "tasks" ? `{${operators.join(",")}}` : format(members[key]);
      return `${JSON.stringify(key)}:${text}`;
    })
    .join(",")}}`;
}

const format = (value: Json | undefined) => stringifyJson(normalise(value ?? null));

/** The keys of members that are not null, as an object lists them whose members were added in sorted order. */
function sortKeys(members: object): string[] {
  const kept = Object.entries(members).filter(([, one]) => one !== null);
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.keys(Object.fromEntries(kept));
}

function normalise(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, one]) => one !== null);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, one]) => [key, normalise(one)]));
}

/** Omits fields whose defaults are not null; nulls are omitted anyway. */
function withoutNewDefaults({
  deadline_action,
  ...workflow
}: Omit<Workflow, "tasks">): Record<string, Json> {
  const members = { ...workflow, ...(deadline_action !== "fail" && { deadline_action }) };
  return members as Record<string, Json>;
}

function branchWithoutNewDefaults({ tasks, ...workflow }: Workflow): Json {
  return {
    ...withoutNewDefaults(workflow),
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([key, task]) => [key, operatorWithoutNewDefaults(task)]),
    ),
  };
}

function operatorWithoutNewDefaults(operator: Operator): Json {
  const { preconditions, postconditions, ...rest } = operator;
  const own: Record<string, unknown> = { ...rest };
  if (preconditions.length > 0) own.preconditions = preconditions;
  if (postconditions.length > 0) own.postconditions = postconditions;
  if (isLoop(operator)) own.loop_body = operator.loop_body.map(operatorWithoutNewDefaults);
  if (operator.operator_type === "foreach" && !operator.dynamic) delete own.dynamic;
  if (isBranching(operator))
    own.branch_workflows = Object.fromEntries(
      Object.entries(operator.branch_workflows).map(([name, one]) => [
        name,
        branchWithoutNewDefaults(one),
      ]),
    );
  return own as Json;
}
