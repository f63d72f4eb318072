import type { ReactNode } from "react";
import { Table, Th } from "@/components/ui/data/table";
import { ErrorState } from "@/components/ui/feedback/error-state";
import type { Problem } from "@/lib/model/problem";

/** A table of a settings panel, its text when it has no rows, or why they could not be read. */
export function AccessTable({
  columns,
  isRevocable = false,
  empty,
  failed,
  children,
}: {
  columns: readonly string[];
  /** Whether rows end with a revoke button. */
  isRevocable?: boolean;
  empty: string;
  failed: Problem | undefined;
  children: ReactNode[];
}) {
  if (failed)
    return (
      <ErrorState
        heading="h3"
        title="This list could not be read"
        message={failed.message}
        hint={failed.hint}
        code={failed.code}
      />
    );
  if (children.length === 0) return <p className="px-3 py-2 text-12 text-ink-3">{empty}</p>;
  return (
    <Table>
      <thead>
        <tr>
          {columns.map((column) => (
            <Th key={column}>{column}</Th>
          ))}
          {isRevocable && (
            <Th>
              <span className="sr-only">Revoke</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </Table>
  );
}
