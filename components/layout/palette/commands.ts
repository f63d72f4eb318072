"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { IconName } from "@/components/ui/icons/icon-names";
import { splitPrefix, withoutBase } from "@/lib/base-path";
import { findUuid, isUuid } from "@/lib/model/ids";
import { describeUnreadable } from "@/lib/model/queue";
import type { FindResult, Found } from "@/lib/model/rows/found";
import { findQuery } from "@/lib/query/find";
import { queuesQuery } from "@/lib/query/queues";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import { parseShortId } from "@/lib/search-params/parsers";
import { serializeTaskFilters } from "@/lib/search-params/tasks/filters";
import { listWords, parseTaskQuery, type TaskQuery } from "@/lib/search-params/tasks/query";
import { SECTIONS } from "../frame/sections";
import { queueEventsPath, queuePath, queueTasksPath, taskPath, workflowRunPath } from "../paths";
import { listPageCommands } from "./page-commands";

export type Command = {
  key: string;
  label: string;
  note: string;
  group: string;
  icon: IconName;
  /** The path to open, or the function to run. */
  to: string | (() => void);
};

const LIMIT = 14;
/** Minimum input length for task name suggestions, because there may be hundreds. */
const MIN_NAME_LENGTH = 2;
/** Minimum input length for searching all values. */
const MIN_ANYWHERE_LENGTH = 3;

/**
 * Commands that match the typed text. An id is looked up in every queue, even if it is abbreviated or within other text;
 * a URL of this dashboard is opened; filters of the task list are applied; any other text can be searched in all values
 * of all tasks.
 */
export function useCommands(text: string): {
  commands: Command[];
  note: string | null;
  /** Whether an id is still being looked up. */
  looking: boolean;
} {
  const given = trimPasted(text);
  const typed = given.toLowerCase();
  const isId = isUuid(typed) || parseShortId(typed) !== null;
  const id = isId ? typed : findUuid(typed);
  // Read once, because the page is covered while the palette is open.
  const [pageCommands] = useState(listPageCommands);
  const queueList = useQuery(queuesQuery());
  const queues = queueList.data?.queues ?? [];
  const names = useQuery({ ...taskSuggestionsQuery([]), retry: false }).data?.names ?? [];
  const found = useQuery({ ...findQuery(id ?? ""), enabled: id !== null });
  const address = findAddress(given);
  if (address) {
    const command = link(address.path, address.path, "this dashboard", "Go to", "corner-down-left");
    const { leave } = address;
    return { commands: [leave ? { ...command, to: leave } : command], note: null, looking: false };
  }
  const anywhere = listSearches(text);
  const hits = id === null ? [] : (found.data?.found ?? []).map(toCommand);
  if (isId)
    return {
      commands: hits.length > 0 || found.isPending ? hits : anywhere,
      note: findNote(found, hits.length),
      looking: found.isPending,
    };
  const all: Command[] = [
    ...pageCommands.map(({ label, note = "", icon, run }) => ({
      key: `page ${label}`,
      label,
      note,
      group: "This page",
      icon,
      to: run,
    })),
    ...SECTIONS.map(({ href, label, icon }) => link(href, label, "", "Go to", icon)),
    ...queues.flatMap(({ name }) => [
      link(queueTasksPath(name), name, "tasks", "Queues", "rows-3"),
      link(queueEventsPath(name), name, "events", "Queues", "rows-3"),
      link(queuePath(name), name, "queue", "Queues", "rows-3"),
    ]),
    ...(typed.length < MIN_NAME_LENGTH ? [] : names).map((name) =>
      link(
        `/tasks${serializeTaskFilters({ name: [name] })}`,
        name,
        "tasks",
        "Task names",
        "list-checks",
      ),
    ),
  ];
  const words = typed.split(/\s+/).filter(Boolean);
  const fits = ({ label, note }: Command) =>
    words.every((word) => `${label} ${note}`.toLowerCase().includes(word));
  const looking = (id !== null && found.isPending) || queueList.isPending;
  // The search is listed after commands matched by name, and not where a task or queue will be a moment later.
  const commands = [...hits, ...all.filter(fits).slice(0, LIMIT), ...(looking ? [] : anywhere)];
  if (id !== null) return { commands, note: findNote(found, hits.length), looking };
  return { commands, note: commands.length === 0 && !looking ? "No matches." : null, looking };
}

/** Strips quotation marks, brackets and commas copied along with a value. */
function trimPasted(text: string): string {
  return text.trim().replace(/^["'`<([{]+|["'`>)\]},;]+$/g, "");
}

/** The path in a URL of this dashboard; `leave` opens it if it belongs to another database. */
function findAddress(text: string): { path: string; leave?: () => void } | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, search, href } = new URL(text);
  if (origin !== location.origin) return undefined;
  const there = splitPrefix(withoutBase(pathname));
  const { prefix } = splitPrefix(withoutBase(location.pathname));
  if (there.prefix === prefix) return { path: `${there.path}${search}` };
  return { path: `${there.prefix}${there.path}${search}`, leave: () => location.assign(href) };
}

/**
 * The command that searches tasks: with the filters in the text, such as `tenant:acme`, or for the whole text in all
 * values. Quotation marks belong to the filters, so they are parsed as typed.
 */
function listSearches(typed: string): Command[] {
  const { query, problems } = parseTaskQuery(typed);
  const hasFilters = /(^|\s)any:/.test(typed) || listWords(query).some(({ key }) => key !== "any");
  if (hasFilters && problems.length === 0)
    return [linkSearch(query, typed.trim(), "filters tasks")];
  const text = trimPasted(typed);
  if (text.length < MIN_ANYWHERE_LENGTH) return [];
  return [linkSearch({ any: [text] }, text, "anywhere in a task: params, headers, result, errors")];
}

function linkSearch(query: Partial<TaskQuery>, label: string, note: string): Command {
  return link(`/tasks${serializeTaskFilters(query)}`, label, note, "Search tasks", "search");
}

function link(to: string, label: string, note: string, group: string, icon: IconName): Command {
  return { key: to, label, note, group, icon, to };
}

function toCommand(hit: Found): Command {
  const group = "Found by id";
  if (hit.kind === "workflow")
    return link(
      workflowRunPath(hit.workflowRunId),
      hit.name,
      ["workflow run", hit.status].filter(Boolean).join(" · "),
      group,
      "workflow",
    );
  const what = hit.kind === "task" ? "task" : `attempt ${hit.attempt}`;
  const note = `${what} in ${hit.queue} · ${hit.state}`;
  return link(taskPath(hit.queue, hit.taskId), hit.name, note, group, "hash");
}

function findNote(
  query: { isPending: boolean; error: Error | null; data: FindResult | undefined },
  hits: number,
): string | null {
  if (query.isPending) return "Searching every queue…";
  if (query.error) return query.error.message;
  const missing = query.data?.unreadable ?? [];
  const rest = missing.length > 0 ? ` Not searched: ${describeUnreadable(missing)}.` : "";
  return hits === 0 ? `No task, run or workflow run with this id.${rest}` : rest.trim() || null;
}
