import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { CountText } from "@/components/ui/text/count";
import { formatBytes } from "@/lib/format";
import type { TableStorage } from "@/lib/model/rows/maintenance";

const sizeOf = ({ dataBytes, indexBytes }: TableStorage) => dataBytes + indexBytes;

/** Disk usage of each table of the queue. */
export function StoragePanel({ tables }: { tables: readonly TableStorage[] }) {
  const total = tables.reduce((sum, table) => sum + sizeOf(table), 0);
  return (
    <Panel title="Disk usage" note={formatBytes(total)} aside="row counts estimated by PostgreSQL">
      <Table>
        <thead className="bg-canvas">
          <tr>
            <Th>Table</Th>
            <Th numeric>Rows</Th>
            <Th numeric className="max-wide:hidden">
              Data
            </Th>
            <Th numeric className="max-wide:hidden">
              Indexes
            </Th>
            <Th numeric>Size</Th>
          </tr>
        </thead>
        <tbody>
          {tables.map((table) => (
            <tr key={table.table}>
              <Td>{table.table}</Td>
              <Td numeric>
                {table.rows ? (
                  <CountText count={table.rows} />
                ) : (
                  <span
                    className="text-ink-3"
                    data-tip="PostgreSQL has not analyzed this table yet"
                  >
                    unknown
                  </span>
                )}
              </Td>
              <Td numeric className="text-ink-2 max-wide:hidden">
                {formatBytes(table.dataBytes)}
              </Td>
              <Td numeric className="text-ink-2 max-wide:hidden">
                {formatBytes(table.indexBytes)}
              </Td>
              <Td numeric>{formatBytes(sizeOf(table))}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
