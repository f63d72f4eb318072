import type { ReactNode } from "react";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { CopyButton } from "@/components/ui/form/copy-button";

const COMMAND = "npm run db:migrate";

/** The dashboard's own tables are missing: what that means here, and how to get them. */
export function NotInstalled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <EmptyState icon="database-zap" title={title}>
      <p>{children}</p>
      <p className="mt-2">
        They live in a schema of their own, <code className="mono">absurd_dashboard</code>; the
        engine’s tables are not touched. With <code className="mono">DATABASE_URL</code> set, run
      </p>
      <p className="mt-2 inline-flex items-center gap-1 rounded-2 border bg-canvas py-0.5 pr-1 pl-3">
        <code className="mono text-ink">{COMMAND}</code>
        <CopyButton text={COMMAND} label="Copy the command" />
      </p>
    </EmptyState>
  );
}
