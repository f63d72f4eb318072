"use no memo";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { ScrollBox } from "./scroll-box";

/**
 * A dense table that scrolls horizontally in its own box, which is also the container for container queries of its
 * columns. While it is scrolled, its first column stays in view and an edge marks the sides with hidden content.
 */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    <ScrollBox className="@container overflow-x-auto data-after:border-r-2 data-after:border-r-line-control data-before:[&_tr>*:first-child:not([colspan])]:sticky data-before:[&_tr>*:first-child:not([colspan])]:left-0 data-before:[&_tr>*:first-child:not([colspan])]:z-1 data-before:[&_tr>*:first-child:not([colspan])]:border-r data-before:[&_tr>*:first-child:not([colspan])]:bg-surface">
      <table className={cn("w-full border-collapse text-left", className)} {...props} />
    </ScrollBox>
  );
}

type CellProps = { numeric?: boolean };

export function Th({ numeric, className, ...props }: ComponentProps<"th"> & CellProps) {
  return (
    <th
      scope="col"
      className={cn(
        "h-7 whitespace-nowrap border-line border-b px-2 font-medium text-12 text-ink-3 first:pl-3 last:pr-3",
        numeric && "text-right",
        className,
      )}
      {...props}
    />
  );
}

export function Td({ numeric, className, ...props }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      className={cn(
        "h-8 whitespace-nowrap border-line-subtle border-b px-2 first:pl-3 last:pr-3",
        numeric && "text-right",
        className,
      )}
      {...props}
    />
  );
}

/** Details of an expanded row, across all columns. On narrow screens they stay in view while the table scrolls. */
export function TdDetails({ className, children, ...props }: ComponentProps<"td">) {
  return (
    <td className="border-line-subtle border-b bg-canvas" {...props}>
      <div className={cn("sticky left-0 w-screen wide:static wide:w-auto", className)}>
        {children}
      </div>
    </td>
  );
}
