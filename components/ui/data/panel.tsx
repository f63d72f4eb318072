import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Boundary } from "../feedback/boundary";

/** A titled surface; `aside` is placed at the right of its header. */
export function Panel({
  title,
  note,
  aside,
  children,
  className,
}: {
  title: ReactNode;
  note?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section
      className={cn("min-w-0 overflow-hidden rounded-3 border border-line bg-surface", className)}
    >
      <header className="flex min-h-9 flex-wrap items-center gap-x-2 border-line-subtle border-b px-3 py-1.5">
        <h2 className="font-semibold text-13">{title}</h2>
        {note && <span className="text-12 text-ink-3">{note}</span>}
        {aside && <div className="ml-auto flex items-center gap-3 text-12 text-ink-3">{aside}</div>}
      </header>
      <Boundary>{children}</Boundary>
    </section>
  );
}
