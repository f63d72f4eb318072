import { Th } from "@/components/ui/data/table";
import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";

/** The head of a numeric column by which the list can be ordered. */
export function SortTh({
  label,
  sorted,
  onSort,
  className,
}: {
  label: string;
  sorted: "ascending" | "descending" | undefined;
  onSort: () => void;
  className: string;
}) {
  return (
    <Th numeric aria-sort={sorted} className={cn("px-0!", className)}>
      <button
        type="button"
        onClick={onSort}
        className={cn(
          "inline-flex h-7 w-full items-center justify-end gap-1 px-2 -outline-offset-2 hover:text-ink",
          sorted && "text-ink",
        )}
      >
        {sorted && (
          <Icon
            name={sorted === "ascending" ? "arrow-up" : "arrow-down"}
            size={12}
            strokeWidth={2}
          />
        )}
        {label}
      </button>
    </Th>
  );
}
