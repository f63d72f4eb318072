import type { IconName } from "@/components/ui/icons/icon-names";

export type Section = {
  href: string;
  label: string;
  icon: IconName;
  /** Second key of the `g …` shortcut. */
  key: string;
};

/** All sections of the dashboard, in navigation order. To add a section, add a line here. */
export const SECTIONS: readonly Section[] = [
  { href: "/", label: "Overview", icon: "activity", key: "o" },
  { href: "/queues", label: "Queues", icon: "rows-3", key: "q" },
  { href: "/tasks", label: "Tasks", icon: "list-checks", key: "t" },
  { href: "/failures", label: "Failures", icon: "triangle-alert", key: "f" },
  { href: "/events", label: "Events", icon: "zap", key: "e" },
  { href: "/workers", label: "Workers", icon: "server", key: "w" },
  { href: "/workflows", label: "Workflows", icon: "workflow", key: "l" },
  { href: "/bulk", label: "Bulk", icon: "layers", key: "b" },
  { href: "/audit", label: "Audit", icon: "scroll-text", key: "a" },
  { href: "/settings", label: "Settings", icon: "settings", key: "s" },
];

/** Number of sections with a tab on narrow screens; the others are under More. */
export const TAB_COUNT = 4;

/** The section of a path: a queue's tasks belong to Tasks, its events to Events. */
export function findSection(pathname: string): Section | undefined {
  const [, first = "", , third = ""] = pathname.split("/");
  const name = first === "queues" && third ? third : first;
  return SECTIONS.find((section) => section.href === `/${name}`);
}
