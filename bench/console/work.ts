import { explainStatements, flattenPlan, type Statement } from "@/testing/statements";

/** The server's work for statements: rows read from tables and indexes, pages of 8 kB, and full table scans. */
export type Work = { statements: number; rows: number; pages: number; scanned: string[] };

/** Up to this many rows, a sequential scan is the cheapest plan. */
const SMALL = 10_000;

/** The server's work for recorded statements, by its own counters. */
export async function explainWork(statements: Statement[]): Promise<Work> {
  const plans = await explainStatements(statements);
  const work: Work = { statements: statements.length, rows: 0, pages: 0, scanned: [] };
  for (const plan of plans) work.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
  const scanned = new Set<string>();
  for (const node of plans.flatMap(flattenPlan)) {
    const table = node["Relation Name"];
    if (!table) continue;
    const removed =
      (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
    const rows = (node["Actual Rows"] + removed) * node["Actual Loops"];
    work.rows += rows;
    if (node["Node Type"] === "Seq Scan" && rows > SMALL && /^[trcewi]_/.test(table))
      scanned.add(table);
  }
  return { ...work, scanned: [...scanned] };
}
