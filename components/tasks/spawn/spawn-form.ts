import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import type { spawnTaskAction } from "@/lib/actions/spawn";

/** What an action is told of a task to spawn, but for its queue. */
export type SpawnInput = Omit<Parameters<typeof spawnTaskAction>[0], "queue" | "reason">;

/** A task to spawn as its fields hold it: all text. */
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

/** The fields as an action takes them; what is empty is left out. */
export function toSpawnInput(form: SpawnForm): SpawnInput {
  const { kind } = form;
  const strategy = numbersOf(form, ["baseSeconds", "factor", "maxSeconds"]);
  const cancellation = numbersOf(form, ["maxDelaySeconds", "maxDurationSeconds"]);
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

function numbersOf<Key extends keyof SpawnForm>(form: SpawnForm, keys: readonly Key[]) {
  const filled = keys.filter((key) => form[key].trim() !== "");
  return Object.fromEntries(filled.map((key) => [key, Number(form[key])])) as Partial<
    Record<Key, number>
  >;
}

/** The same as one JSON document, to be edited as a whole or copied. */
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

/** What such a document says, or what is wrong with it. The server checks each value. */
export function readSpawnJson(text: string): SpawnInput | { problem: string } {
  const parsed = parseExactly(text);
  if (!parsed) return { problem: "This is not JSON" };
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { problem: "It has to be an object with a name" };
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    return { problem: `There is no key “${unknown}”; there are: ${KEYS.join(", ")}` };
  const { params, headers, ...rest } = value as Record<string, unknown>;
  if (typeof rest.name !== "string" || rest.name.trim() === "")
    return { problem: "The name is missing" };
  // Params and headers stay text, exact to the last digit; the others are small.
  return {
    ...JSON.parse(printExactly(rest)),
    params: params === undefined ? "" : printExactly(params),
    ...(headers !== undefined && { headers: printExactly(headers) }),
  };
}
