import { BarLabel } from "@/components/timeline/drawing/bar-label";
import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { RunLimit } from "./run-limits";

/** The row of a deadline or circuit breaker: a line up to its planned end. */
export function LimitRow({
  limit,
  scale,
  height,
  selected,
  onSelect,
}: {
  limit: RunLimit;
  scale: Scale;
  height: number;
  selected: boolean;
  onSelect: (path: string | null) => void;
}) {
  const { path, title, from, notes } = limit;
  const until = Math.min(limit.until ?? scale.to, scale.to);
  return (
    <div
      data-row-path={path ?? undefined}
      className={cn("relative h-full hover:bg-hover/70", selected && "bg-accent-soft")}
    >
      <div
        className={cn(
          "absolute inset-y-0 left-0 flex w-40 min-w-0 items-center gap-1.5 border-line border-r pr-2 pl-2.5 text-12 wide:w-60 wide:text-13",
          selected && "border-l-2 border-l-accent",
        )}
      >
        <Icon
          name={path === null ? "timer" : "zap"}
          size={12}
          className="shrink-0 text-pending-solid"
        />
        {path === null ? (
          <span className="truncate text-ink-2">{title}</span>
        ) : (
          <button
            type="button"
            aria-pressed={selected}
            data-tip={title}
            onClick={() => onSelect(selected ? null : path)}
            className="h-full min-w-0 flex-1 truncate text-left text-ink-2"
          >
            {title}
          </button>
        )}
      </div>
      <svg
        width={scale.width}
        height={height}
        aria-hidden="true"
        className="absolute inset-y-0 right-0 block"
      >
        {until >= scale.from && from <= scale.to && (
          <path
            d={`M${scale.toX(from)} ${height / 2}H${scale.toX(until)}${until === limit.until ? "m0 -5v10" : ""}`}
            className="fill-none stroke-pending-line [stroke-width:2]"
          />
        )}
        <BarLabel notes={notes} from={from} to={until} scale={scale} row={height} />
      </svg>
    </div>
  );
}
