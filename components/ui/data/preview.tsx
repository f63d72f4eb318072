import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

/** In a dialog, what an action would do now, announced as it changes. `children` is the loaded preview. */
export function Preview({
  label = "What will happen",
  problem,
  waiting,
  className,
  children,
}: {
  label?: string;
  /** Why there is no preview. */
  problem: string | undefined;
  /** Shown while loading. */
  waiting: ReactNode;
  /** Sets the minimum height. */
  className: string;
  children: ReactNode | undefined;
}) {
  return (
    <section
      aria-label={label}
      aria-live="polite"
      className={cn("rounded-2 border bg-surface", className)}
    >
      {problem ? (
        <p className="px-3 py-2 text-failed">{problem}</p>
      ) : (
        (children ?? <div className="px-3 py-2 text-ink-3">{waiting}</div>)
      )}
    </section>
  );
}
