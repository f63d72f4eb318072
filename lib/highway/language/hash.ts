import { createHash } from "node:crypto";
import { stringifyJson } from "../../absurd/json.ts";
import type { Json } from "../../model/json.ts";
import type { Workflow } from "../model/workflow.ts";

/** SHA-256 of a workflow's JSON with sorted keys and without nulls, in hexadecimal: the same for JSON and YAML. */
export function workflowHash(workflow: Workflow): string {
  return createHash("sha256")
    .update(stringifyJson(normalise(workflow as Json)))
    .digest("hex");
}

function normalise(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, one]) => one !== null);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, one]) => [key, normalise(one)]));
}
