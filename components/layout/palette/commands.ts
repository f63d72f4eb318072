"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { IconName } from "@/components/ui/icons/icon-names";
import type { Found } from "@/lib/model/found";
import { isUuid } from "@/lib/model/ids";
import { findQuery } from "@/lib/query/find";
import { queuesQuery } from "@/lib/query/queues";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import { serializeTaskFilters } from "@/lib/search-params/tasks";
import { ROOMS } from "../frame/sections";
import { queueEventsPath, queuePath, queueTasksPath, taskPath, workflowRunPath } from "../paths";
import { listPageCommands } from "./page-commands";

export type Command = {
  key: string;
  label: string;
  note: string;
  group: string;
  icon: IconName;
  /** Where it leads, or what it does. */
  to: string | (() => void);
};

const LIMIT = 14;
/** Names of tasks are offered from so many letters on: there may be hundreds. */
const NAME_LETTERS = 2;

/** Where a typed text may lead and what it may do; a pasted id is looked up in every queue. */
export function useCommands(text: string): {
  commands: Command[];
  note: string | null;
  /** An id is being looked up, so there will be more. */
  looking: boolean;
} {
  const typed = text.trim().toLowerCase();
  const isId = isUuid(typed);
  // As it was when the palette was opened: it covers the page.
  const [deeds] = useState(listPageCommands);
  const queues = useQuery(queuesQuery()).data?.queues ?? [];
  const names = useQuery({ ...taskSuggestionsQuery([]), retry: false }).data?.names ?? [];
  const found = useQuery({ ...findQuery(typed), enabled: isId });
  if (isId) {
    const commands = (found.data?.found ?? []).map(toCommand);
    return { commands, note: findNote(found, commands.length), looking: found.isPending };
  }
  const all: Command[] = [
    ...deeds.map(({ label, note = "", icon, run }) => ({
      key: `here ${label}`,
      label,
      note,
      group: "Here",
      icon,
      to: run,
    })),
    ...ROOMS.map(({ href, label, icon }) => link(href, label, "", "Go to", icon)),
    ...queues.flatMap(({ name }) => [
      link(queueTasksPath(name), name, "tasks", "Queues", "rows-3"),
      link(queueEventsPath(name), name, "events", "Queues", "rows-3"),
      link(queuePath(name), name, "queue", "Queues", "rows-3"),
    ]),
    ...(typed.length < NAME_LETTERS ? [] : names).map((name) =>
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
  const commands = all.filter(fits).slice(0, LIMIT);
  return { commands, note: commands.length === 0 ? "Nothing matches." : null, looking: false };
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

function findNote(query: { isPending: boolean; error: Error | null }, hits: number): string | null {
  if (query.isPending) return "Looking in every queue…";
  if (query.error) return query.error.message;
  return hits === 0 ? "No task, run or workflow run has this id." : null;
}
