/** Share a pool, and run the engine's writes in your own transaction. */
import { AbsurdClient } from "absurd-dashboard/client";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const client = new AbsurdClient({ queueName: "example_pooling", db: pool });
await client.createQueue();
await pool.query("create table if not exists example_order (id int primary key, task_id uuid)");

/** Inserts the order and its task atomically. */
async function placeOrder(id: number, { paid }: { paid: boolean }) {
  const connection = await pool.connect();
  try {
    await connection.query("begin");
    // With a connection, a method joins the transaction that is open on it.
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

// Independent calls can run concurrently, each on its own connection.
const spawned = await Promise.all(["a", "b", "c"].map((name) => client.spawnTask(name)));
console.log("connections used:", pool.totalCount > 1 ? "several" : "one");

for (const task of [{ taskId }, ...spawned]) await client.cancelTask(task);
await pool.end();
