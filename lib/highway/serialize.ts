import { stringify as stringifyLossless } from "lossless-json";
import { stringify as stringifyYaml } from "yaml";
import type { Workflow } from "./model/workflow.ts";
import type { Format } from "./parse.ts";

/** Maps whose content is the user's, where null is a value and not an absent field. */
const FREE = new Set(["variables", "kwargs", "metadata", "payload", "branch_workflows"]);

/**
 * The text of a workflow. JSON has every field, nulls included, in the order of the model, and two spaces of
 * indentation. YAML leaves null fields out and sorts keys at every level, so the order of tasks, branches and cases is
 * lost there; what is in free maps such as `kwargs` stays.
 */
export function serializeWorkflow(workflow: Workflow, format: Format): string {
  if (format === "json") return stringifyLossless(workflow, null, 2) ?? "";
  return stringifyYaml(withoutNulls(workflow), {
    // Text that YAML 1.1 would read as something else is quoted.
    version: "1.1",
    sortMapEntries: (a, b) => compare(String(a.key), String(b.key)),
    indentSeq: false,
    aliasDuplicateObjects: false,
    lineWidth: 80,
  });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(
    members.map(([key, member]) => [key, FREE.has(key) ? member : withoutNulls(member)]),
  );
}

/** By code point, not by UTF-16 unit. */
function compare(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const differs = left.findIndex((sign, index) => sign !== right[index]);
  if (differs === -1) return left.length - right.length;
  return (left[differs]?.codePointAt(0) ?? 0) - (right[differs]?.codePointAt(0) ?? -1);
}
