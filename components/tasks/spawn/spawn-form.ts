import { jsonProblem } from "@/components/ui/form/json-field";
import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import type { spawnTaskAction } from "@/lib/actions/tasks";

/** The input of the spawn action without queue and reason. */
export type SpawnInput = Omit<Parameters<typeof spawnTaskAction>[0], "queue" | "reason">;

/** Fields of the spawn form, all as text. */
export type SpawnForm = {
  name: string;
  params: string;
  headers: string;
  maxAttempts: string;
  kind: "" | "none" | "fixed" | "exponential";
  baseSeconds: string;
  factor: string;
  maxSeconds: string;
  maxDelaySeconds: string;
  maxDurationSeconds: string;
  idempotencyKey: string;
};

export const EMPTY_FORM: SpawnForm = {
  name: "",
  params: "{}",
  headers: "",
  maxAttempts: "5",
  kind: "",
  baseSeconds: "",
  factor: "",
  maxSeconds: "",
  maxDelaySeconds: "",
  maxDurationSeconds: "",
  idempotencyKey: "",
};

/** Converts the form to input of the action; empty fields are omitted. */
export function toSpawnInput(form: SpawnForm): SpawnInput {
  const { kind } = form;
  const strategy = parseNumbers(form, ["baseSeconds", "factor", "maxSeconds"]);
  const cancellation = parseNumbers(form, ["maxDelaySeconds", "maxDurationSeconds"]);
  return {
    name: form.name.trim(),
    params: form.params,
    maxAttempts: form.maxAttempts.trim() === "" ? null : Number(form.maxAttempts),
    ...(form.headers.trim() && { headers: form.headers }),
    ...(kind && { retryStrategy: { kind, ...strategy } }),
    ...(Object.keys(cancellation).length > 0 && { cancellation }),
    ...(form.idempotencyKey && { idempotencyKey: form.idempotencyKey }),
  };
}

function parseNumbers<Key extends keyof SpawnForm>(form: SpawnForm, keys: readonly Key[]) {
  const filled = keys.filter((key) => form[key].trim() !== "");
  return Object.fromEntries(filled.map((key) => [key, Number(form[key])])) as Partial<
    Record<Key, number>
  >;
}

/** Converts the form to one JSON document. Numbers in params and headers stay exact. */
export function toSpawnJson(form: SpawnForm): string {
  const { name, params, headers, ...rest } = toSpawnInput(form);
  const parsed = (text: string | undefined) => parseExactly(text ?? "")?.value;
  return printExactly({
    name,
    params: parsed(params),
    headers: parsed(headers),
    ...rest,
  });
}

const KEYS = [
  "name",
  "params",
  "headers",
  "maxAttempts",
  "retryStrategy",
  "cancellation",
  "idempotencyKey",
];

/** Parses such a document, or returns the problem. Only its shape is validated; the server validates the values. */
export function parseSpawnJson(text: string): SpawnInput | { problem: string } {
  const parsed = parseExactly(text);
  if (!parsed) return { problem: "Not valid JSON" };
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { problem: "Must be an object with a name" };
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    return { problem: `Unknown key “${unknown}”. Known keys: ${KEYS.join(", ")}` };
  const { params, headers, ...rest } = value as Record<string, unknown>;
  if (typeof rest.name !== "string" || rest.name.trim() === "")
    return { problem: "Name is missing" };
  // Params and headers stay text to keep big numbers exact; the other numbers are small.
  return {
    ...JSON.parse(printExactly(rest)),
    params: params === undefined ? "" : printExactly(params),
    ...(headers !== undefined && { headers: printExactly(headers) }),
  };
}

/** Parses the attempt limit; empty text means no limit. */
export function parseLimit(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

/** Why a text isn't a valid attempt limit; `null` if it is. */
export function attemptsProblem(text: string): string | null {
  const limit = parseLimit(text);
  return limit === null || (Number.isInteger(limit) && limit >= 1)
    ? null
    : "A whole number from 1, or empty for no limit";
}

/** Why a text isn't a JSON object; `null` if it is, or if it is empty. */
export function headersProblem(text: string): string | null {
  const problem = jsonProblem(text);
  if (problem !== null || text.trim() === "") return problem;
  return text.trim().startsWith("{") ? null : "Headers must be a JSON object";
}

/** Why a text isn't a number of seconds; `null` if it is, or if it is empty. */
export function secondsProblem(text: string): string | null {
  if (text.trim() === "") return null;
  return Number(text) >= 0 && Number.isFinite(Number(text)) ? null : "A number of seconds";
}
