"use client";
import { useQuery } from "@tanstack/react-query";
import { Hash, type LucideIcon, Rows3 } from "lucide-react";
import { findQuery } from "@/lib/query/find";
import { queuesQuery } from "@/lib/query/queues";
import { queueEventsPath, queuePath, queueTasksPath, taskPath } from "./paths";
import { ROOMS } from "./rooms";

export type Command = {
  href: string;
  label: string;
  note: string;
  group: string;
  icon: LucideIcon;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LIMIT = 12;

/** Where a typed text may lead; a pasted id is looked up in every queue. */
export function useCommands(text: string): {
  commands: Command[];
  note: string | null;
  /** An id is being looked up, so there will be more. */
  looking: boolean;
} {
  const typed = text.trim().toLowerCase();
  const isId = UUID.test(typed);
  const queues = useQuery(queuesQuery()).data?.queues ?? [];
  const found = useQuery({ ...findQuery(typed), enabled: isId });
  if (isId) {
    const commands = (found.data?.found ?? []).map((hit) => ({
      href: taskPath(hit.queue, hit.taskId),
      label: hit.name,
      note: `${hit.kind === "task" ? "task" : `attempt ${hit.attempt}`} in ${hit.queue} · ${hit.state}`,
      group: "Found by id",
      icon: Hash,
    }));
    return { commands, note: findNote(found, commands.length), looking: found.isPending };
  }
  const pages = ROOMS.map((room) => ({
    href: room.href,
    label: room.label,
    note: "",
    group: "Go to",
    icon: room.icon,
  }));
  const rooms = queues.flatMap(({ name }) => [
    { href: queueTasksPath(name), label: name, note: "tasks", group: "Queues", icon: Rows3 },
    { href: queueEventsPath(name), label: name, note: "events", group: "Queues", icon: Rows3 },
    { href: queuePath(name), label: name, note: "queue", group: "Queues", icon: Rows3 },
  ]);
  const words = typed.split(/\s+/).filter(Boolean);
  const commands = [...pages, ...rooms]
    .filter((command) =>
      words.every((word) => `${command.label} ${command.note}`.toLowerCase().includes(word)),
    )
    .slice(0, LIMIT);
  return { commands, note: commands.length === 0 ? "Nothing matches." : null, looking: false };
}

function findNote(query: { isPending: boolean; error: Error | null }, hits: number): string | null {
  if (query.isPending) return "Looking in every queue…";
  if (query.error) return query.error.message;
  return hits === 0 ? "No task or run has this id, in any queue." : null;
}
