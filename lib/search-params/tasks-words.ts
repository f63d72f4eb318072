import type { TaskState } from "@/lib/model/states";
import {
  type AttemptsCondition,
  type PathCondition,
  printAttempts,
  printCondition,
} from "./tasks-conditions";
import { quote } from "./tasks-paths";

/**
 * What words can ask of tasks. Different keys must all hold. Of `state`, `name`, `queue`, `worker`, `tenant` and
 * `idempotency` one value has to fit; of `attempts`, `checkpoint`, `error` and `where` each has to.
 */
export type TaskQuery = {
  queue: string[];
  state: TaskState[];
  name: string[];
  /** The beginning of a task id. */
  id: string | null;
  attempts: AttemptsCondition[];
  /** Who claimed an attempt. */
  worker: string[];
  /** The header `tenant_id`. */
  tenant: string[];
  /** Keys that tasks were spawned with so that they exist once, as written. */
  idempotency: string[];
  /** Names of checkpoints, as stored. */
  checkpoint: string[];
  /** Parts of an attempt's error, upper and lower case alike. */
  error: string[];
  where: PathCondition[];
};

export const NO_QUERY: TaskQuery = {
  queue: [],
  state: [],
  name: [],
  id: null,
  attempts: [],
  worker: [],
  tenant: [],
  idempotency: [],
  checkpoint: [],
  error: [],
  where: [],
};

/** One part of a query: its key, which of the key's values it is, and its text. */
export type QueryWord = { key: keyof TaskQuery; at: number; text: string };

/** The one way to write a query; `parseTaskQuery` reads it back. */
export function printTaskQuery(query: TaskQuery): string {
  return wordsOf(query)
    .map((word) => word.text)
    .join(" ");
}

/** Each part of a query, in the order of the keys. */
export function wordsOf(query: TaskQuery): QueryWord[] {
  const each = (
    key: "name" | "queue" | "worker" | "tenant" | "idempotency" | "error" | "checkpoint",
  ) => query[key].map((value, at) => ({ key, at, text: `${key}:${printValue(value)}` }));
  return [
    ...(query.state.length > 0
      ? [{ key: "state" as const, at: 0, text: `state:${query.state.join(",")}` }]
      : []),
    ...each("name"),
    ...each("queue"),
    ...(query.id ? [{ key: "id" as const, at: 0, text: `id:${query.id}` }] : []),
    ...query.attempts.map((condition, at) => ({
      key: "attempts" as const,
      at,
      text: `attempts${printAttempts(condition)}`,
    })),
    ...each("worker"),
    ...each("tenant"),
    ...each("idempotency"),
    ...each("error"),
    ...each("checkpoint"),
    ...query.where.map((condition, at) => ({
      key: "where" as const,
      at,
      text: printCondition(condition),
    })),
  ];
}

/** A query with a part of another one taken out. */
export function withoutWord(query: TaskQuery, { key, at }: QueryWord): TaskQuery {
  if (key === "id") return { ...query, id: null };
  if (key === "state") return { ...query, state: [] };
  return { ...query, [key]: query[key].filter((_, index) => index !== at) };
}

const printValue = (value: string) => (/^[^\s"]\S*$/.test(value) ? value : quote(value));
