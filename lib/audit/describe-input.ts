import { createHash } from "node:crypto";
import type { Json, JsonObject } from "@/lib/model/json";

/** Keys whose texts name or time something. A text under any other key may be a payload or a secret. */
const NAMING: ReadonlySet<string> = new Set([
  "queue",
  "taskId",
  "runId",
  "name",
  "taskName",
  "newTaskId",
  "at",
  "kind",
  "state",
  "step",
  "fromStep",
  "idempotencyKey",
  "bulkId",
  "action",
  "filters",
  "workflowRunId",
  "definitionId",
  "version",
  "storageMode",
  "defaultPartition",
  "detachMode",
  "address",
]);

const LONGEST = 300;

/**
 * What may be written down of an action's input or result: numbers, switches and times, and texts under keys that are
 * known to name something. Every other text, such as a payload, becomes `{ bytes, sha256 }`: enough to recognise it,
 * nothing to leak. Of a list longer than twenty only the length is kept.
 */
export function describeInput(input: unknown): JsonObject {
  const described = typeof input === "object" ? reduce(input, "") : undefined;
  return isObject(described) ? described : {};
}

function reduce(value: unknown, key: string): Json | undefined {
  switch (typeof value) {
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : undefined;
    case "string":
      return NAMING.has(key) ? value.slice(0, LONGEST) : digest(value);
    case "object":
      return reduceObject(value, key);
    default:
      return undefined;
  }
}

function reduceObject(value: object | null, key: string): Json | undefined {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.length > 20
      ? { count: value.length }
      : value.flatMap((item) => reduce(item, key) ?? []);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const described = reduce(member, name);
      return described === undefined ? [] : [[name, described]];
    }),
  );
}

function digest(text: string): JsonObject {
  return {
    bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
