/** Share a pool, and put the engine's writes into the transaction of your own. */
import { AbsurdClient } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const client = new AbsurdClient({ queueName: "example_pooling", db: pool });
await client.createQueue();
await pool.query("create table if not exists example_order (id int primary key, task_id uuid)");

/** The order and its task exist together, or neither does. */
async function placeOrder(id: number, { paid }: { paid: boolean }) {
  const connection = await pool.connect();
  try {
    await connection.query("begin");
    // Given a connection, a method joins the transaction that is open on it.
    const { taskId } = await client.spawnTask(connection, "fulfil", { id });
    await connection.query("insert into example_order values ($1, $2)", [id, taskId]);
    if (!paid) throw new Error("Not paid.");
    await connection.query("commit");
    return taskId;
  } catch (error) {
    await connection.query("rollback");
    throw error;
  } finally {
    connection.release();
  }
}

const id = Math.floor(Date.now() / 1000);
const taskId = await placeOrder(id, { paid: true });
await placeOrder(id + 1, { paid: false }).catch((error: Error) => console.log(error.message));

const orders = await pool.query("select 1 from example_order where id in ($1, $2)", [id, id + 1]);
console.log("orders:", orders.rowCount);
console.log("task:", (await client.getTaskStatus(taskId))?.state);

// Calls that share nothing can run side by side, one connection each.
const spawned = await Promise.all(["a", "b", "c"].map((name) => client.spawnTask(name)));
console.log("connections used:", pool.totalCount > 1 ? "several" : "one");

for (const task of [{ taskId }, ...spawned]) await client.cancelTask(task);
await pool.end();
