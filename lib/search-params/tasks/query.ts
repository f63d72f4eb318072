import { TASK_STATES, type TaskState } from "@/lib/model/states";
import { parseAsIdPrefix } from "../parsers";
import {
  type AttemptsCondition,
  formatAttempts,
  formatCondition,
  isStorable,
  PATH_SOURCES,
  type PathCondition,
  parseAttempts,
  parseCondition,
  quote,
  scanComparison,
  scanPath,
  scanValue,
} from "./conditions";

/**
 * A query in the search language. Different keys must all match. For `state`, `name`, `queue`, `worker`, `tenant`
 * and `idempotency` any of the values may match; for `attempts`, `checkpoint`, `any`, `error` and `where` all
 * must.
 */
export type TaskQuery = {
  queue: string[];
  state: TaskState[];
  name: string[];
  /** A prefix of a task id. */
  id: string | null;
  attempts: AttemptsCondition[];
  /** Workers that claimed an attempt. */
  worker: string[];
  /** The header `tenant_id`. */
  tenant: string[];
  /** Idempotency keys of spawned tasks, as stored. */
  idempotency: string[];
  /** Names of checkpoints, as stored. */
  checkpoint: string[];
  /** Parts of any value, ignoring case: params, headers, result, errors, event waited for, name. */
  any: string[];
  /** Parts of an attempt's error, ignoring case. */
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
  any: [],
  error: [],
  where: [],
};

/** One term of a query: its key, the index among the key's values, and its text. */
export type QueryWord = { key: keyof TaskQuery; at: number; text: string };

/** The canonical text of a query; the inverse of `parseTaskQuery`. */
export function formatTaskQuery(query: TaskQuery): string {
  return listWords(query)
    .map((word) => word.text)
    .join(" ");
}

/** The terms of a query, in key order. */
export function listWords(query: TaskQuery): QueryWord[] {
  const each = (
    key: "name" | "queue" | "worker" | "tenant" | "idempotency" | "any" | "error" | "checkpoint",
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
      text: `attempts${formatAttempts(condition)}`,
    })),
    ...each("worker"),
    ...each("tenant"),
    ...each("idempotency"),
    ...each("any"),
    ...each("error"),
    ...each("checkpoint"),
    ...query.where.map((condition, at) => ({
      key: "where" as const,
      at,
      text: formatCondition(condition),
    })),
  ];
}

/** The query without one of its terms. */
export function withoutWord(query: TaskQuery, { key, at }: QueryWord): TaskQuery {
  if (key === "id") return { ...query, id: null };
  if (key === "state") return { ...query, state: [] };
  return { ...query, [key]: query[key].filter((_, index) => index !== at) };
}

const printValue = (value: string) => (/^[^\s"]\S*$/.test(value) ? value : quote(value));

/** Combines two queries: adds the second's values to the first's; the second's id replaces the first's. */
export function mergeQueries(first: TaskQuery, second: TaskQuery): TaskQuery {
  const merged = structuredClone(NO_QUERY);
  for (const key of Object.keys(NO_QUERY) as (keyof TaskQuery)[]) {
    if (key === "id") merged.id = second.id ?? first.id;
    // Lists of a query may share one empty list, so they are copied, never changed.
    else
      for (const value of [...first[key], ...second[key]]) addUnique<unknown>(merged[key], value);
  }
  return merged;
}

/** Adds a value unless the list contains an equal one. */
export function addUnique<T>(list: T[], value: T): void {
  const written = JSON.stringify(value);
  if (!list.some((item) => JSON.stringify(item) === written)) list.push(value);
}

/** What is wrong with a word, and its position in the text. */
export type QueryProblem = { message: string; from: number; to: number };

/** The keys of the language, except those of paths. */
export const QUERY_KEYS = [
  "state",
  "name",
  "queue",
  "id",
  "attempts",
  "worker",
  "tenant",
  "idempotency",
  "any",
  "error",
  "checkpoint",
] as const;
type QueryKey = (typeof QUERY_KEYS)[number];

/**
 * Parses words such as `state:failed,running name:charge-card params.order.id:42 "gateway did not answer"`. A word
 * without a key is the name of a task if `isName` accepts it, otherwise a part of any value. White space inside a
 * value needs quotation marks, as in JSON.
 */
export function parseTaskQuery(
  text: string,
  isName: (word: string) => boolean = () => false,
): { query: TaskQuery; problems: QueryProblem[] } {
  const query = structuredClone(NO_QUERY);
  const problems: QueryProblem[] = [];
  for (let at = skipSpace(text, 0); at < text.length; ) {
    const word = parseWord(text, at, isName);
    if ("problem" in word) problems.push({ message: word.problem, from: at, to: word.end });
    else addTo(query, word.key, word.value);
    at = skipSpace(text, word.end);
  }
  return { query, problems };
}

type Word =
  | { key: QueryKey | "where"; value: string; end: number }
  | { problem: string; end: number };

function parseWord(text: string, at: number, isName: (word: string) => boolean): Word {
  const quoted = text[at] === '"';
  const bare = scanValue(text, at);
  const rest = { end: bare?.end ?? findWordEnd(text, at) };
  if (quoted)
    return bare
      ? check("any", bare.value.text, rest.end)
      : { problem: "Quotation mark not closed, or text directly after it", ...rest };
  const path = scanPath(text, at);
  // A whole value can be compared too, but a word such as result-mailer is not a path.
  const whole = path?.path.source !== "error" && path && scanComparison(text, path.end);
  if (path && (path.path.steps.length > 0 || whole)) return parseConditionWord(text, at, path.end);
  const key = /[a-z]+/iy;
  key.lastIndex = at;
  const word = key.exec(text)?.[0] ?? "";
  const sign = word === "" ? null : scanComparison(text, at + word.length);
  if (!sign) return parseBareWord(text, at, isName);
  if (!isKey(word)) return unknownKey(text, at, word);
  const value = scanValue(text, sign.end);
  if (!value)
    return text[sign.end] === '"'
      ? { problem: `Quotation mark after ${word} not closed`, end: text.length }
      : { problem: `${word} needs a value: ${EXAMPLES[word]}`, end: findWordEnd(text, at) };
  if (word === "attempts") return check(word, `${sign.comparison}${value.value.text}`, value.end);
  if (sign.comparison !== ":")
    return { problem: `${word} cannot be compared with ${sign.comparison}`, end: value.end };
  return check(word, value.value.text, value.end);
}

function parseBareWord(text: string, at: number, isName: (word: string) => boolean): Word {
  const end = findWordEnd(text, at);
  const word = text.slice(at, end);
  const path = /^(params|headers|result|error)[.[]/.test(word);
  if (path)
    return {
      problem: `${word} is not a path; keys with special characters need quotation marks`,
      end,
    };
  return { key: isName(word) ? "name" : "any", value: word, end };
}

function parseConditionWord(text: string, at: number, pathEnd: number): Word {
  const path = text.slice(at, pathEnd);
  const sign = scanComparison(text, pathEnd);
  const end = findWordEnd(text, pathEnd);
  if (!sign)
    return pathEnd === end
      ? { problem: `${path} needs a value: ${path}:42 or ${path}>100`, end }
      : { problem: `${path} needs one of : > >= < <= after it`, end };
  const value = scanValue(text, sign.end);
  if (!value)
    return text[sign.end] === '"'
      ? { problem: `Quotation mark after ${path} not closed`, end: text.length }
      : { problem: `${path} needs a value: ${path}:42 or ${path}>100`, end };
  if (!isStorable(value.value.text)) return { problem: UNSTORABLE, end: value.end };
  return { key: "where", value: text.slice(at, value.end), end: value.end };
}

function check(key: QueryKey, value: string, end: number): Word {
  if (key === "state") {
    const unknown = value.split(",").find((state) => !isState(state));
    if (unknown !== undefined)
      return {
        problem: `${unknown ? `Unknown state ${unknown}` : "State missing"}. States: ${TASK_STATES.join(", ")}`,
        end,
      };
  }
  if (key === "id" && parseAsIdPrefix.parse(value) === null)
    return { problem: "An id prefix needs at least two hex digits: id:01a2f6", end };
  if (key === "attempts" && !parseAttempts(value))
    return { problem: "attempts needs a whole number: attempts:3 or attempts>2", end };
  if (value === "") return { problem: `${key} needs a value: ${EXAMPLES[key]}`, end };
  if (!isStorable(value)) return { problem: UNSTORABLE, end };
  return { key, value, end };
}

const UNSTORABLE = "The value contains a character that PostgreSQL cannot store";

function addTo(query: TaskQuery, key: QueryKey | "where", value: string): void {
  const condition = key === "where" ? parseCondition(value) : null;
  const attempts = key === "attempts" ? parseAttempts(value) : null;
  if (key === "id") query.id = parseAsIdPrefix.parse(value);
  else if (key === "where") condition && addUnique(query.where, condition);
  else if (key === "attempts") attempts && addUnique(query.attempts, attempts);
  else if (key === "state")
    for (const state of value.split(",").filter(isState)) addUnique(query.state, state);
  else addUnique(query[key], value);
}

const EXAMPLES: Record<QueryKey, string> = {
  state: "state:failed,running",
  name: "name:charge-card",
  queue: "queue:orders",
  id: "id:01a2f6",
  attempts: "attempts>2",
  worker: "worker:host-1",
  tenant: "tenant:acme",
  idempotency: "idempotency:order-42",
  any: "any:order-42",
  error: "error:timeout",
  checkpoint: "checkpoint:reserve-stock",
};

function unknownKey(text: string, at: number, word: string): Word {
  const keys = [...QUERY_KEYS, ...PATH_SOURCES.map((source) => `${source}.…`)].join(", ");
  return {
    problem: `Unknown key ${word}. Keys: ${keys}. To search for text, put it in quotation marks`,
    end: findWordEnd(text, at),
  };
}

const isKey = (word: string): word is QueryKey => QUERY_KEYS.some((key) => key === word);
const isState = (word: string): word is TaskState => TASK_STATES.some((state) => state === word);

function skipSpace(text: string, at: number): number {
  const space = /\s*/y;
  space.lastIndex = at;
  space.exec(text);
  return space.lastIndex;
}

function findWordEnd(text: string, at: number): number {
  const end = text.slice(at).search(/\s/);
  return end < 0 ? text.length : at + end;
}
