import type { IconName } from "@/components/ui/icons/icon-names";

export type Room = {
  href: string;
  label: string;
  icon: IconName;
  /** Second key of the `g …` shortcut. */
  key: string;
};

/** Every room of the dashboard, in the order of the navigation. A new room is one line here. */
export const ROOMS: readonly Room[] = [
  { href: "/", label: "Overview", icon: "activity", key: "o" },
  { href: "/queues", label: "Queues", icon: "rows-3", key: "q" },
  { href: "/tasks", label: "Tasks", icon: "list-checks", key: "t" },
  { href: "/failures", label: "Failures", icon: "triangle-alert", key: "f" },
  { href: "/events", label: "Events", icon: "zap", key: "e" },
  { href: "/workers", label: "Workers", icon: "server", key: "w" },
  { href: "/workflows", label: "Workflows", icon: "workflow", key: "l" },
  { href: "/bulk", label: "Bulk", icon: "layers", key: "b" },
  { href: "/audit", label: "Audit", icon: "scroll-text", key: "a" },
];

/** So many of them have a tab of their own on a narrow screen; the others are under More. */
export const TABBED_ROOMS = 4;

/** The room an address belongs to: a queue's tasks are Tasks, its events Events. */
export function roomOf(pathname: string): Room | undefined {
  const [, first = "", , third = ""] = pathname.split("/");
  const name = first === "queues" && third ? third : first;
  return ROOMS.find((room) => room.href === `/${name}`);
}
