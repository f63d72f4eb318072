import { randomUUID } from "node:crypto";
import { test as base, expect } from "@playwright/test";
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import { createQueue, dropQueue } from "../../lib/absurd/queues/queues";

export { expect };

type Worker = Awaited<ReturnType<Absurd["startWorker"]>>;

export type Work = {
  /** Name of a queue that only this test uses. */
  queue: string;
  /** The published SDK, bound to the queue. */
  app: Absurd;
  pool: Pool;
  /** Starts a worker that polls quickly; it ends with the test. */
  startWorker: () => Promise<Worker>;
  /** URL of a task's page. */
  taskUrl: (taskId: string) => string;
};

type Options = { queueName: string | undefined };

/** A test with its own queue on the shared database, and SDK workers for it. */
export const test = base.extend<{ work: Work } & Options>({
  queueName: [undefined, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern.
  baseURL: async ({}, use) => use(process.env.E2E_BASE_URL),
  work: async ({ queueName }, use) => {
    const pool = new Pool({ connectionString: process.env.E2E_DATABASE_URL, max: 6 });
    const queue = queueName ?? `q_${randomUUID().slice(0, 8)}`;
    await createQueue(pool, queue);
    const app = new Absurd({ db: pool, queueName: queue, log: silent });
    const workers: Worker[] = [];
    await use({
      queue,
      app,
      pool,
      taskUrl: (taskId) => `/queues/${encodeURIComponent(queue)}/tasks/${taskId}`,
      startWorker: async () => {
        const worker = await app.startWorker({
          pollInterval: 0.05,
          concurrency: 4,
          onError: () => {},
        });
        workers.push(worker);
        return worker;
      },
    });
    await Promise.all(workers.map((worker) => worker.close()));
    await dropQueue(pool, queue);
    await pool.end();
  },
});

// Many tests make tasks fail on purpose, so stack traces aren't printed.
const silent = { log() {}, info() {}, warn() {}, error() {} };
