import { performance } from "node:perf_hooks";
import { Client } from "pg";
import { getReadPool } from "@/lib/db/pools";

export type Statement = { text: string; values: unknown[]; milliseconds: number };

/** Runs `read` and keeps every statement it sends to the database, with how long each took. */
export async function record(read: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const original = Client.prototype.query as (...given: unknown[]) => unknown;
  Client.prototype.query = function (this: Client, ...given: unknown[]) {
    const [query, values] = given as [string | { text: string; values?: unknown[] }, unknown[]?];
    const text = typeof query === "string" ? query : query.text;
    const known = typeof query === "string" ? values : (values ?? query.values);
    const statement = { text, values: known ?? [], milliseconds: 0 };
    statements.push(statement);
    const begun = performance.now();
    const answer = original.apply(this, given);
    if (answer instanceof Promise) {
      const end = () => {
        statement.milliseconds = performance.now() - begun;
      };
      answer.then(end, end);
    }
    return answer;
  } as typeof Client.prototype.query;
  try {
    await read();
  } finally {
    Client.prototype.query = original as typeof Client.prototype.query;
  }
  return statements;
}

/** What statements make the server do: rows read from tables and indexes, pages of 8 kB, and tables read from end to end. */
export type Work = { statements: number; rows: number; pages: number; scanned: string[] };

/** More rows than this and reading a whole table is worth a word. */
const SMALL = 10_000;

/** Runs recorded statements once more, under `explain analyze`. */
export async function explain(statements: Statement[]): Promise<Work> {
  const queries = statements.filter(({ text }) => /^[\s(]*(select|with)\b/i.test(text));
  const work: Work = { statements: statements.length, rows: 0, pages: 0, scanned: [] };
  const { max: _, statement_timeout: __, ...options } = getReadPool().options;
  const client = new Client(options);
  await client.connect();
  try {
    for (const { text, values } of queries) {
      const { rows } = await client.query(
        `explain (analyze, buffers, timing off, format json) ${text}`,
        values.map((value) => value as string),
      );
      const { Plan: plan } = rows[0]["QUERY PLAN"][0] as { Plan: PlanNode };
      work.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
      visit(plan, work);
    }
  } finally {
    await client.end();
  }
  work.scanned = [...new Set(work.scanned)];
  return work;
}

type PlanNode = {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: PlanNode[];
};

function visit(node: PlanNode, work: Work): void {
  const table = node["Relation Name"];
  if (table) {
    const removed =
      (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
    const rows = (node["Actual Rows"] + removed) * node["Actual Loops"];
    work.rows += rows;
    if (node["Node Type"] === "Seq Scan" && rows > SMALL && /^[trcewi]_/.test(table))
      work.scanned.push(table);
  }
  for (const inner of node.Plans ?? []) visit(inner, work);
}
