"use client";
"use no memo";
import { usePrefix } from "@/components/ui/text/prefix";
import { withBase } from "@/lib/base-path";
import { cn } from "@/lib/cn";
import type { DatabaseColour, DatabaseLabel } from "@/lib/model/database";

/** States use the same hues; text and position distinguish the badge from a state. */
const COLOURS: Record<DatabaseColour, string> = {
  grey: "border-cancelled-line bg-cancelled-soft text-cancelled",
  red: "border-failed-line bg-failed-soft text-failed",
  amber: "border-pending-line bg-pending-soft text-pending",
  green: "border-completed-line bg-completed-soft text-completed",
  blue: "border-running-line bg-running-soft text-running",
  violet: "border-sleeping-line bg-sleeping-soft text-sleeping",
};

const SHAPE =
  "inline-flex h-6 min-w-0 max-w-40 shrink-0 items-center rounded-1 border px-2 font-semibold text-12";

/**
 * The database of the page. With several databases, it links to the fleet page and loads a new document, so that no row
 * outlives the switch.
 */
export function DatabaseBadge({ database: { label, colour } }: { database: DatabaseLabel }) {
  const isOne = usePrefix() === "";
  const name = <span className="truncate">{label}</span>;
  if (isOne) return <span className={cn(SHAPE, COLOURS[colour])}>{name}</span>;
  return (
    <a
      href={withBase("/fleet")}
      aria-label={`Database ${label}, all databases`}
      className={cn(SHAPE, COLOURS[colour], "hover:underline")}
    >
      {name}
    </a>
  );
}

/** Colour and label of a database in a list. */
export function DatabaseName({ database: { label, colour } }: { database: DatabaseLabel }) {
  return (
    <span className={cn(SHAPE, COLOURS[colour])}>
      <span className="truncate">{label}</span>
    </span>
  );
}
