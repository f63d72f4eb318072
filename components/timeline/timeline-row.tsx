import { memo } from "react";
import { cn } from "@/lib/cn";
import type { Scale } from "@/lib/timeline/axis/scale";
import { Label } from "./drawing/label";
import { RowDrawing } from "./drawing/row-drawing";
import type { Row } from "./timeline-rows";

type Props = {
  row: Row;
  scale: Scale;
  selected: boolean;
  onSelect: (id: string | null) => void;
  onToggle: (row: Row) => void;
};

/** One row: a button that opens the inspector or collapses the rows below. */
export const TimelineRow = memo(function TimelineRow({
  row,
  scale,
  selected,
  onSelect,
  onToggle,
}: Props) {
  const isFoldable = row.kind === "lane" || row.kind === "replayed";
  const inert =
    row.kind === "projection" || row.kind === "late-write" || row.kind === "replayed-step";
  const className = cn(
    "group relative block size-full text-left -outline-offset-2",
    row.kind === "lane" ? "border-line border-t bg-canvas/70" : "hover:bg-hover/70",
    selected && "bg-accent-soft",
  );
  const content = (
    <>
      <span
        className={cn(
          "absolute inset-y-0 left-0 block w-32 overflow-hidden border-line border-r text-12 wide:w-68 wide:text-13",
          selected && "border-l-2 border-l-accent",
        )}
      >
        <Label row={row} />
      </span>
      <RowDrawing row={row} scale={scale} />
    </>
  );
  if (inert) return <div className={className}>{content}</div>;
  return (
    <button
      type="button"
      className={className}
      {...(isFoldable ? { "aria-expanded": row.open } : { "aria-pressed": selected })}
      onClick={() => (isFoldable ? onToggle(row) : onSelect(selected ? null : row.span.id))}
    >
      {content}
    </button>
  );
});
