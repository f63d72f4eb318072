import {
  Activity,
  Layers,
  ListChecks,
  type LucideIcon,
  Rows3,
  ScrollText,
  Server,
  TriangleAlert,
  Workflow,
  Zap,
} from "lucide-react";

export type Room = {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Second key of the `g …` shortcut. */
  key: string;
};

/** Every room of the dashboard, in the order of the navigation. A new room is one line here. */
export const ROOMS: readonly Room[] = [
  { href: "/", label: "Overview", icon: Activity, key: "o" },
  { href: "/queues", label: "Queues", icon: Rows3, key: "q" },
  { href: "/tasks", label: "Tasks", icon: ListChecks, key: "t" },
  { href: "/failures", label: "Failures", icon: TriangleAlert, key: "f" },
  { href: "/events", label: "Events", icon: Zap, key: "e" },
  { href: "/workers", label: "Workers", icon: Server, key: "w" },
  { href: "/workflows", label: "Workflows", icon: Workflow, key: "l" },
  { href: "/bulk", label: "Bulk", icon: Layers, key: "b" },
  { href: "/audit", label: "Audit", icon: ScrollText, key: "a" },
];

/** The room an address belongs to: a queue's tasks are Tasks, its events Events. */
export function roomOf(pathname: string): Room | undefined {
  const [, first = "", , third = ""] = pathname.split("/");
  const name = first === "queues" && third ? third : first;
  return ROOMS.find((room) => room.href === `/${name}`);
}
