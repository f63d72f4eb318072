/**
 * Workers of the original's Python and npm SDKs share a queue of our schema, and one is killed; only with
 * ABSURD_LONG.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Absurd } from "absurd-sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { MODES } from "../engine";
import { installPackages, PYTHON } from "./packages";

const TASKS = 30;
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const COMMANDS = {
  python: [PYTHON, scriptOf("worker.py")],
  npm: [process.execPath, "--import", "tsx", scriptOf("worker.ts")],
} as const;

describe.runIf(process.env.ABSURD_LONG === "1").each(MODES)("on an %s queue", (mode) => {
  let database: TestDatabase;
  const workers: ChildProcess[] = [];
  beforeAll(installPackages, 300_000);
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0))
      if (worker.exitCode === null && worker.signalCode === null) {
        const gone = once(worker, "exit");
        worker.kill("SIGKILL");
        await gone;
      }
  });
  afterAll(() => database.drop());

  /** Starts a worker; its first step is awaited with `charging`. */
  const start = (sdk: keyof typeof COMMANDS, queue: string, id: string) => {
    const [file, ...args] = COMMANDS[sdk];
    const worker = spawn(file, [...args, database.url, queue, id], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    workers.push(worker);
    return { kill: () => worker.kill("SIGKILL"), charging: once(worker.stdout, "data") };
  };

  test.each([
    ["python", "npm"],
    ["npm", "python"],
  ] as const)(
    "a killed %s worker's tasks are finished by the others",
    async (victim, other) => {
      const queueName = `${victim} ${mode}`;
      const app = new Absurd({ db: database.pool, queueName });
      await app.createQueue(queueName, { storageMode: mode });
      const spawned = [];
      for (let n = 1; n <= TASKS; n++)
        spawned.push(await app.spawn("order", { n }, { queue: queueName, idempotencyKey: `${n}` }));

      const first = start(victim, queueName, "victim");
      await first.charging;
      first.kill();
      start("python", queueName, "python");
      start("npm", queueName, "npm");
      for (let n = 1; n <= TASKS; n++)
        await app.emitEvent(`approved:${n}`, { by: other }, queueName);

      const workersOfTasks = new Set<unknown>();
      for (const [index, { taskID }] of spawned.entries()) {
        const result = await app.awaitTaskResult(taskID, { timeout: 90 });
        expect(result).toMatchObject({
          state: "completed",
          result: { charged: (index + 1) * 2, by: other },
        });
        if (result.state === "completed") workersOfTasks.add(Object(result.result).worker);
      }
      expect([...workersOfTasks].sort()).toEqual(["npm", "python"]);
      const { rows } = await database.pool.query(
        `select failure_reason ->> 'name' as reason, count(*)::integer as runs
       from absurd."r_${queueName}" where state = 'failed' group by 1`,
      );
      const runsByReason = Object.fromEntries(rows.map(({ reason, runs }) => [reason, runs]));
      expect(runsByReason.$ClaimTimeout).toBeGreaterThan(0);
      expect(Object.keys(runsByReason).length).toBeGreaterThan(1);
      expect(
        (await database.pool.query(`select distinct state from absurd."t_${queueName}"`)).rows,
      ).toEqual([{ state: "completed" }]);
      expect((await database.pool.query(`select from absurd."w_${queueName}"`)).rowCount).toBe(0);
    },
    180_000,
  );
});
