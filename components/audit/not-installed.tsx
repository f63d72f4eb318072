import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { CopyButton } from "@/components/ui/form/copy-button";

const COMMAND = "npx absurd-dashboard migrate";

/** Shown when the dashboard's own tables are missing: what doesn't work without them, and how to install them. */
export function NotInstalled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <EmptyState icon="database-zap" title={title}>
      <p>{children}</p>
      <p className="mt-2">
        To install the tables, set <code className="mono">DATABASE_URL</code> and run the command
        below. They go into their own schema, <code className="mono">absurd_dashboard</code>; the
        engine’s tables are not changed.
      </p>
      <p className="mt-2 inline-flex items-center gap-1 rounded-2 border bg-canvas py-0.5 pr-1 pl-3">
        <code className="mono text-ink">{COMMAND}</code>
        <CopyButton text={COMMAND} label="Copy the command" />
      </p>
    </EmptyState>
  );
}
