import type { ReactNode } from "react";
import { Table, Th } from "@/components/ui/data/table";

/** A table of a settings panel, or its text when it has no rows. */
export function AccessTable({
  columns,
  isRevocable = false,
  empty,
  children,
}: {
  columns: readonly string[];
  /** Whether rows end with a revoke button. */
  isRevocable?: boolean;
  empty: string;
  children: ReactNode[];
}) {
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
