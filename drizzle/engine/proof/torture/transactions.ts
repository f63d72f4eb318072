import { AsyncLocalStorage } from "node:async_hooks";
import { Pool, type PoolClient } from "pg";

type Query = (text: string, values: unknown[]) => Promise<unknown>;

export type Transactions = {
  /** For the worker: queries of code inside `run` go to its transaction, all others to any connection. */
  pool: Pool;
  /** Runs `work` in one transaction; when it throws, nothing of it stays. */
  run: <T>(work: (query: Query) => Promise<T>) => Promise<T>;
  /** Notes that the task came by, and returns how often it did. */
  count: (table: "stumbles", taskId: string) => Promise<number>;
};

/**
 * A pool whose queries join the transaction of the calling code, so that an unchanged worker writes its checkpoint
 * together with what the step did.
 */
export function openTransactions(url: string, connections: number): Transactions {
  const pool = new Pool({ connectionString: url, max: connections });
  // A killed server session is the worker's own trouble; the pool replaces it.
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
        // Closing the connection rolls back whatever state the transaction is in.
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
