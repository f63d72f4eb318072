import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The output of each example, and the tasks that it leaves in its queue. */
const EXAMPLES: Record<string, { prints: string; leaves: string[] }> = {
  "quick-start": {
    prints: `
      spawned <id>
      result {
        taskId: '<id>',
        state: 'completed',
        result: { greeting: 'Hello, Ada!' }
      }`,
    leaves: ["greet completed"],
  },
  "task-management": {
    prints: `
      second spawn created a task: false
      invoice is cancelled
      report is failed
      attempt 2 of the same task: true
      june has { month: 'June' }
      the fork keeps [ 'collect' ]`,
    leaves: ["invoice cancelled", "report cancelled", "report cancelled", "report cancelled"],
  },
  events: {
    prints: `
      first look: { status: 'suspended' }
      an emit would wake 1 run
      the same run resumes: true
      second look: { status: 'received', payload: { amount: 99 } }
      AbsurdSleepError
      Event "never:order-<time>" did not arrive within 0 s.`,
    leaves: ["ship completed", "patient completed"],
  },
  checkpoints: {
    prints: `
      creating the account
      mailing account 7
      step create account = { id: 7 }
      step send mail = sent
      attempts: 2`,
    leaves: ["onboard completed"],
  },
  "workflow-tracking": {
    prints: `
      reserve stock completed
      charge card completed
      order_fulfilment completed { shipped: true }`,
    leaves: ["reserve stock completed", "charge card completed"],
  },
  pooling: {
    prints: `
      Not paid.
      orders: 1
      task: pending
      connections used: several`,
    leaves: ["fulfil cancelled", "a cancelled", "b cancelled", "c cancelled"],
  },
  "retry-strategies": {
    prints: `
      fixed: 10 s, twice
        attempt 2 after 10 s
        attempt 3 after 10 s
        then: failed
      exponential: 5 s, then three times as long, at most 30 s
        attempt 2 after 5 s
        attempt 3 after 15 s
        attempt 4 after 30 s
        then: failed
      unless asked, a task is not retried
        then: failed`,
    leaves: ["fixed failed", "exponential failed", "once failed"],
  },
  "cancellation-rules": {
    prints: `
      claimed import
      flash sale is cancelled
      import cancelled by us: true
      the worker stops: The task has been cancelled.`,
    leaves: ["flash sale cancelled", "import cancelled"],
  },
  "long-running-tasks": {
    prints: `
      lease of about 120 s
      asleep for 14 days, no worker needed
      moved a sleep
      the same attempt goes on: true`,
    leaves: ["trial period completed"],
  },
  "error-handling": {
    prints: `
      completed
      suspended
      not ours
      failed
      no such queue: nowhere
      no such task
      database: 22P02`,
    leaves: ["task completed", "task cancelled", "task cancelled", "task failed"],
  },
  validation: {
    prints: `
      orders     true
      orders-eu  false
      1st        false
      xxxxxxxxxx false
      Queue name "orders-eu" is not an identifier of at most 57 characters; allowAnyQueueName lifts this.
      accepted
      The task's name must not be empty.
      maxAttempts must be a whole number of at least 1.
      NaN has no JSON form.
      max_delay must be a whole number of at least 0.
      workflowName must match ^[a-z][a-z0-9_]*$ and not contain "__".
      { id: 9007199254740993n }`,
    leaves: ["task cancelled"],
  },
};

test.each(Object.entries(EXAMPLES))("%s does what it shows", async (name, { prints, leaves }) => {
  expect(await run(name)).toBe(prints.replaceAll(/^ {6}/gm, "").trim());
  const queue = `example_${name.replaceAll("-", "_")}`;
  const { rows } = await database.pool.query(
    `select task_name || ' ' || state as task from absurd."t_${queue}"`,
  );
  expect(rows.map((row) => row.task).sort()).toEqual(leaves.sort());
});

test("every example is run", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[^.]+\.ts$/.test(file));
  expect(files.map((file) => file.replace(".ts", "")).sort()).toEqual(Object.keys(EXAMPLES).sort());
});

/** Runs an example as a reader would; values that differ between runs are replaced. */
async function run(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", `examples/${name}.ts`],
    { env: { ...process.env, DATABASE_URL: database.url, NO_COLOR: "1" } },
  );
  return stdout
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/-\d{13}/g, "-<time>")
    .trim();
}
