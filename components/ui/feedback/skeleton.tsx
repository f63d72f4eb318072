"use no memo";
import { cn } from "@/lib/cn";

/** A static placeholder for text. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block h-2 rounded-full bg-active", className)} />;
}

const WIDTHS = ["w-16", "w-28", "w-20", "w-24", "w-12", "w-32"];

/** Placeholder rows at their final height, with `columns` bars each. */
export function SkeletonRows({ rows = 10, columns = 6 }: { rows?: number; columns?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows have no identity
          key={row}
          className="flex h-14 items-center gap-6 border-line-subtle border-b px-4 wide:h-8"
        >
          {Array.from({ length: columns }, (_, column) => (
            <Skeleton
              // biome-ignore lint/suspicious/noArrayIndexKey: placeholder cells have no identity
              key={column}
              className={cn(
                WIDTHS[(row + column) % WIDTHS.length],
                column > 2 && "hidden wide:block",
              )}
            />
          ))}
        </div>
      ))}
    </div>
  );
}
