import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Button } from "../form/button";
import { Icon } from "../icons/icon";

/** Current effect of a dialog's action, announced as it changes. `children` is the loaded preview. */
export function Preview({
  label = "What will happen",
  problem,
  onRetry,
  waiting,
  className,
  children,
}: {
  label?: string;
  /** Why there is no preview. */
  problem: string | undefined;
  /** Reloads the preview after a problem that may be temporary. */
  onRetry?: (() => void) | undefined;
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
        <div className="flex flex-wrap items-center gap-2 px-3 py-2">
          <p className="min-w-0 flex-1 break-words text-failed">{problem}</p>
          {onRetry && (
            <Button onClick={onRetry}>
              <Icon name="refresh-cw" size={14} />
              Try again
            </Button>
          )}
        </div>
      ) : (
        (children ?? <div className="px-3 py-2 text-ink-3">{waiting}</div>)
      )}
    </section>
  );
}
