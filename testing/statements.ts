import { performance } from "node:perf_hooks";
import { Client, escapeLiteral } from "pg";
import { getReadPool } from "@/lib/db/pools";

/** One statement that was sent to the database, and how long its result took. */
export type Statement = { text: string; values: unknown[]; milliseconds: number };

/** One node of the plan that `explain (analyze, buffers, format json)` prints. */
export type PlanNode = {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Subplan Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  Filter?: string;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: PlanNode[];
};

/** Runs `read` and returns every statement that this process sends to any database in the meantime, in order. */
export async function recordStatements(read: () => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  const original = Client.prototype.query as (...given: unknown[]) => unknown;
  Client.prototype.query = function (this: Client, ...given: unknown[]) {
    const [query, values] = given as [string | { text: string; values?: unknown[] }, unknown[]?];
    const { text, values: own } = typeof query === "string" ? { text: query } : query;
    const statement = { text, values: values ?? own ?? [], milliseconds: 0 };
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

/**
 * Repeats the recorded statements with the read pool's settings and those that were recorded, and returns the plan of each:
 * the one for any values, if the recorded settings force it.
 */
export async function explainStatements(statements: readonly Statement[]): Promise<PlanNode[]> {
  const client = await getReadPool().connect();
  client.setStatementTimeout(600_000);
  try {
    await client.query("begin");
    const plans: PlanNode[] = [];
    for (const { text, values } of statements) {
      if (text.startsWith("set local ")) await client.query(text);
      if (!/^[\s(]*(select|with)\b/i.test(text)) continue;
      await client.query(`prepare explained as ${text}`);
      const given = values.length > 0 ? `(${values.map(toLiteral).join(", ")})` : "";
      const { rows } = await client.query(
        `explain (analyze, buffers, timing off, format json) execute explained${given}`,
      );
      await client.query("deallocate explained");
      plans.push(rows[0]["QUERY PLAN"][0].Plan);
    }
    return plans;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** A value of a statement as SQL. */
function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (!Array.isArray(value)) return escapeLiteral(`${value}`);
  const items = value.map((item) => (item === null ? "null" : JSON.stringify(`${item}`)));
  return escapeLiteral(`{${items.join(",")}}`);
}

/** A plan node with all nodes below it. */
export function flattenPlan(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flattenPlan)];
}
