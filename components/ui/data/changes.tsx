import type { ReactNode } from "react";
import { Icon } from "../icons/icon";

export type Change = { label: string; from: ReactNode; to: ReactNode };

/** A preview of what an action will change. */
export function Changes({
  changes,
  children,
}: {
  changes: readonly Change[];
  children?: ReactNode;
}) {
  return (
    <section aria-label="What will change" className="mt-3 rounded-2 border bg-surface">
      <dl>
        {changes.map(({ label, from, to }) => (
          <div
            key={label}
            className="flex min-h-8 items-center gap-3 border-line-subtle border-b px-3 py-1 last:border-b-0"
          >
            <dt className="w-24 shrink-0 text-12 text-ink-3">{label}</dt>
            <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
              <span className="text-ink-2">{from}</span>
              <Icon name="arrow-right" size={14} className="text-ink-3" aria-label="becomes" />
              <span className="font-medium">{to}</span>
            </dd>
          </div>
        ))}
      </dl>
      {children && <div className="border-t px-3 py-2 text-12 text-ink-2">{children}</div>}
    </section>
  );
}
