import { AsyncLocalStorage } from "node:async_hooks";
import { Pool, type PoolClient } from "pg";

type Query = (text: string, values: unknown[]) => Promise<unknown>;

export type Transactions = {
  /** For the worker: queries of code inside `run` use its transaction, all others any connection. */
  pool: Pool;
  /** Runs `work` in one transaction, rolled back if it throws. */
  run: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  /** Counts an execution of the task, and returns the count. */
  count: (table: "executions", taskId: string) => Promise<number>;
};

/**
 * A pool whose queries join the transaction of the calling code, so that an unchanged worker commits its checkpoint
 * together with the step's effect.
 */
export function openTransactions(url: string, connections: number): Transactions {
  const pool = new Pool({ connectionString: url, max: connections });
  // The worker handles a killed server session; the pool replaces it.
  pool.on("error", () => {});
  const current = new AsyncLocalStorage<PoolClient>();
  const joining = new Proxy(pool, {
    get: (target, property) => {
      const owner = (property === "query" && current.getStore()) || target;
      const value = Reflect.get(owner, property, owner);
      return typeof value === "function" ? value.bind(owner) : value;
    },
  });

  return {
    pool: joining,
    run: async (work) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await current.run(client, () =>
          work((text, values) => client.query(text, values)),
        );
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        // Closing the connection rolls back the transaction in any state.
        client.release(true);
        throw error;
      }
    },
    count: async (table, taskId) => {
      const { rows } = await pool.query(
        `insert into ${table} (task_id) values ($1)
         on conflict (task_id) do update set times = ${table}.times + 1 returning times`,
        [taskId],
      );
      return rows[0].times;
    },
  };
}
