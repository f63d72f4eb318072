import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { createQueue } from "../../lib/absurd/queues/queues";
import { spawnTask } from "../../lib/absurd/tasks/spawn";
import { migrate } from "../../lib/db/migrate";

/** Connection string of a database on the server of all specs, or on one at another port. */
export function databaseUrl(database: string, port?: number): string {
  const address = new URL(process.env.E2E_SERVER_URL ?? "");
  address.pathname = `/${database}`;
  if (port !== undefined) address.port = String(port);
  return address.href;
}

export async function connectTo(database: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl(database) });
  await client.connect();
  return client;
}

export type Copies = { names: string[]; queue: string; taskId: string };

/**
 * Creates databases that are copies of each other, with one pending task `charge-card`: an action sent to the wrong
 * database finds the same task there.
 */
export async function createCopies(count: number): Promise<Copies> {
  const suffix = randomUUID().slice(0, 8);
  const names = Array.from({ length: count }, (_, place) => `copy_${place + 1}_${suffix}`);
  const [first = "", ...others] = names;
  const queue = "orders";
  const admin = await connectTo("postgres");
  await admin.query(`create database ${first}`);
  const client = await connectTo(first);
  await migrate(client, "engine");
  await migrate(client, "dashboard");
  await createQueue(client, queue);
  const { taskId } = await spawnTask(client, queue, "charge-card", {});
  await client.end();
  for (const name of others) await admin.query(`create database ${name} template ${first}`);
  await admin.end();
  return { names, queue, taskId };
}
