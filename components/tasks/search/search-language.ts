import { taskPath, workflowRunPath } from "@/components/layout/paths";
import type { TaskSuggestions } from "@/lib/analytics/task-suggestions";
import { isUuid } from "@/lib/model/ids";
import { describeUnreadable, type UnreadableQueue } from "@/lib/model/queue";
import type { FindResult } from "@/lib/model/rows/found";
import { TASK_STATES } from "@/lib/model/states";
import { fetchJson } from "@/lib/query/api";
import { quote } from "@/lib/search-params/tasks/conditions";
import { pickQuery, type TaskFilters } from "@/lib/search-params/tasks/filters";
import {
  mergeQueries,
  parseTaskQuery,
  QUERY_KEYS,
  type QueryProblem,
} from "@/lib/search-params/tasks/query";

/*
 * The language of the search box: what Enter does with the text, and which suggestions appear below. Loaded when the
 * box is first used. The grammar itself is lib/search-params/tasks/query.
 */

export type ParsedInput =
  | { filters: Partial<TaskFilters> }
  | { openId: string }
  | { problem: QueryProblem };

/**
 * Parses the box's text: a complete id opens its task; other words are filters of the query language and are added to
 * `filters`. `isName` decides whether a bare word is a task name; otherwise it matches part of any value.
 */
export function parseInput(
  text: string,
  filters: TaskFilters,
  isName: (word: string) => boolean,
): ParsedInput {
  const typed = text.trim();
  if (isUuid(typed)) return { openId: typed.toLowerCase() };
  const { query, problems } = parseTaskQuery(text, isName);
  const [problem] = problems;
  return problem ? { problem } : { filters: mergeQueries(pickQuery(filters), query) };
}

/** Why a search by id found nothing: the id doesn't exist, or isn't in the queues that could be read. */
export function describeNothingFound(unreadable: readonly UnreadableQueue[]): string {
  return unreadable.length === 0
    ? "No task, run or workflow run has this id."
    : `No task, run or workflow run has this id. Not searched: ${describeUnreadable(unreadable)}.`;
}

/** Finds the page of the task, run or workflow run with this id in any queue, or explains why there is none. */
export async function findById(id: string): Promise<{ href: string } | { problem: string }> {
  try {
    const { found, unreadable } = await fetchJson<FindResult>(`/api/find?id=${id}`);
    const [hit] = found;
    if (!hit) return { problem: describeNothingFound(unreadable) };
    const isWorkflow = hit.kind === "workflow";
    return {
      href: isWorkflow ? workflowRunPath(hit.workflowRunId) : taskPath(hit.queue, hit.taskId),
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "The search failed." };
  }
}

/** One completion: the resulting text, its last word, and whether that word is a complete filter. */
export type Suggestion = {
  key: string;
  text: string;
  word: string;
  note: string;
  complete: boolean;
};

const NOTES: Record<(typeof QUERY_KEYS)[number], string> = {
  state: "one or more, separated by commas",
  name: "exact task name",
  queue: "queue name",
  id: "task id starts with",
  attempts: "attempts>2",
  worker: "worker",
  tenant: "tenant_id header",
  idempotency: "exact idempotency key",
  any: "anywhere: params, headers, result, errors, events",
  error: "error contains",
  checkpoint: "completed step",
};

type Completion = Omit<Suggestion, "key" | "text">;

const MAX_SUGGESTIONS = 10;

/** Completions of the last word, most likely first. `known` holds values recently seen in these queues. */
export function suggest(
  text: string,
  known: TaskSuggestions | undefined,
  queues: readonly string[],
): Suggestion[] {
  const word = /(?:"(?:[^"\\]|\\.)*"?|[^\s"])*$/.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - word.length);
  const offer = (words: Completion[]) =>
    words.slice(0, MAX_SUGGESTIONS).map((one) => {
      const text = before + one.word;
      return { ...one, key: text, text };
    });
  const split = /^((?:"(?:[^"\\]|\\.)*"|[^:<>="])+)(>=|<=|[:<>=])(.*)$/s.exec(word);
  if (!split) return offer(suggestKeys(word, known));
  const [, key = "", sign = "", typed = ""] = split;
  return offer(
    suggestValues(key, typed, known, queues).map(({ value, note }) => ({
      word: `${key}${sign}${value}`,
      note,
      complete: true,
    })),
  );
}

function suggestKeys(word: string, known: TaskSuggestions | undefined): Completion[] {
  const names = filterValues(known?.names ?? [], word).map((name) => ({
    word: `name:${quoteIfNeeded(name)}`,
    note: "task name",
    complete: true,
  }));
  const keys = QUERY_KEYS.filter((key) => key.startsWith(word)).map((key) => ({
    word: key === "attempts" ? "attempts>" : `${key}:`,
    note: NOTES[key],
    complete: false,
  }));
  const paths = (known?.paths ?? [])
    .filter(({ path }) => includes(path, word))
    .map(({ path, values }) => ({
      word: `${path}:`,
      note: values.slice(0, 3).join(", "),
      complete: false,
    }));
  if (word === "") return [...keys.slice(0, 7), ...paths.slice(0, 3)];
  const open = word.startsWith('"') && !/^"(?:[^"\\]|\\.)*"$/.test(word);
  const quoted = word.startsWith('"') ? `${word}${open ? '"' : ""}` : quoteIfNeeded(word);
  const whole = [
    { word: `any:${quoted}`, note: NOTES.any, complete: true },
    { word: `error:${quoted}`, note: NOTES.error, complete: true },
    { word: `idempotency:${quoted}`, note: NOTES.idempotency, complete: true },
  ];
  return [...keys, ...names.slice(0, 5), ...paths.slice(0, 6), ...(word.length > 2 ? whole : [])];
}

function suggestValues(
  key: string,
  typed: string,
  known: TaskSuggestions | undefined,
  queues: readonly string[],
): { value: string; note: string }[] {
  const values = (list: readonly string[], note: string) =>
    filterValues(list, typed.replace(/^"/, "")).map((value) => ({
      value: quoteIfNeeded(value),
      note,
    }));
  switch (key) {
    case "state": {
      const chosen = typed.split(",").slice(0, -1);
      const last = typed.split(",").at(-1) ?? "";
      return TASK_STATES.filter((state) => state.startsWith(last) && !chosen.includes(state)).map(
        (state) => ({ value: [...chosen, state].join(","), note: "state" }),
      );
    }
    case "name":
      return values(known?.names ?? [], "task name");
    case "queue":
      return values(queues, "queue");
    case "worker":
      return values(known?.workers ?? [], "recent worker");
    case "tenant":
      return values(known?.tenants ?? [], "recent tenant");
    case "idempotency":
      return values(known?.idempotencyKeys ?? [], "recent idempotency key");
    case "checkpoint":
      return values(known?.checkpoints ?? [], "recent step");
    default: {
      const path = known?.paths.find((one) => one.path === key);
      return (path?.values ?? [])
        .filter((value) => includes(value, typed))
        .map((value) => ({ value, note: "recent value" }));
    }
  }
}

/** Values that contain the typed text; prefix matches come first. */
function filterValues(values: readonly string[], typed: string): string[] {
  const found = values.filter((value) => includes(value, typed));
  const starts = (value: string) => value.toLowerCase().startsWith(typed.toLowerCase());
  return [...found.filter(starts), ...found.filter((value) => !starts(value))];
}

const includes = (value: string, part: string) => value.toLowerCase().includes(part.toLowerCase());
const quoteIfNeeded = (value: string) => (/^[^\s"]\S*$/.test(value) ? value : quote(value));
