import type { TaskSuggestions } from "@/lib/analytics/task-suggestions";
import { TASK_STATES } from "@/lib/model/states";
import { quote } from "@/lib/search-params/tasks-paths";
import { QUERY_KEYS } from "@/lib/search-params/tasks-query";

/** One way to go on with what is typed: the whole text it leads to, and whether that is a complete filter. */
export type Suggestion = { text: string; word: string; note: string; complete: boolean };

const NOTES: Record<(typeof QUERY_KEYS)[number], string> = {
  state: "one or more, separated by commas",
  name: "task name, whole",
  queue: "queue name",
  id: "the beginning of a task id",
  attempts: "attempts>2",
  worker: "who claimed an attempt",
  tenant: "header tenant_id",
  idempotency: "idempotency key, whole",
  error: "part of an error",
  checkpoint: "step the task has finished",
};

const LIMIT = 10;

/** What the last word of a text may become, the likeliest first. */
export function suggest(
  text: string,
  known: TaskSuggestions | undefined,
  queues: readonly string[],
): Suggestion[] {
  const word = /(?:"(?:[^"\\]|\\.)*"?|[^\s"])*$/.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - word.length);
  const offer = (words: { word: string; note: string; complete: boolean }[]) =>
    words.slice(0, LIMIT).map((one) => ({ ...one, text: before + one.word }));
  const split = /^((?:"(?:[^"\\]|\\.)*"|[^:<>="])+)(>=|<=|[:<>=])(.*)$/s.exec(word);
  if (!split) return offer(keysFor(word, known));
  const [, key = "", sign = "", typed = ""] = split;
  return offer(
    valuesFor(key, typed, known, queues).map(({ value, note }) => ({
      word: `${key}${sign}${value}`,
      note,
      complete: true,
    })),
  );
}

function keysFor(word: string, known: TaskSuggestions | undefined) {
  const names = containing(known?.names ?? [], word).map((name) => ({
    word: `name:${printed(name)}`,
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
  const quoted = word.startsWith('"') ? `${word}${open ? '"' : ""}` : printed(word);
  const whole = [
    { word: `error:${quoted}`, note: "part of an error", complete: true },
    { word: `idempotency:${quoted}`, note: "idempotency key, whole", complete: true },
  ];
  return [...keys, ...names.slice(0, 5), ...paths.slice(0, 6), ...(word.length > 2 ? whole : [])];
}

function valuesFor(
  key: string,
  typed: string,
  known: TaskSuggestions | undefined,
  queues: readonly string[],
): { value: string; note: string }[] {
  const values = (list: readonly string[], note: string) =>
    containing(list, typed.replace(/^"/, "")).map((value) => ({ value: printed(value), note }));
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
      return values(known?.workers ?? [], "worker, recently");
    case "tenant":
      return values(known?.tenants ?? [], "tenant, recently");
    case "idempotency":
      return values(known?.idempotencyKeys ?? [], "idempotency key, recently");
    case "checkpoint":
      return values(known?.checkpoints ?? [], "step, recently");
    default: {
      const path = known?.paths.find((one) => one.path === key);
      return (path?.values ?? [])
        .filter((value) => includes(value, typed))
        .map((value) => ({ value, note: "recently" }));
    }
  }
}

/** Values with the typed letters in them, those that begin with them first. */
function containing(values: readonly string[], typed: string): string[] {
  const found = values.filter((value) => includes(value, typed));
  const begins = (value: string) => value.toLowerCase().startsWith(typed.toLowerCase());
  return [...found.filter(begins), ...found.filter((value) => !begins(value))];
}

const includes = (value: string, part: string) => value.toLowerCase().includes(part.toLowerCase());
const printed = (value: string) => (/^[^\s"]\S*$/.test(value) ? value : quote(value));
