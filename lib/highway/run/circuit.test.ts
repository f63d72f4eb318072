/** Circuit breakers: shared through PostgreSQL by all runs of a workflow name. */
import { expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { createQueue } from "../../absurd/queues/queues.ts";
import type { Json } from "../../model/json.ts";
import type { CircuitBreakerOptions, OperatorOptions } from "../builder/options.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import { Bench } from "../testing/bench.ts";
import type { WorkflowFunction } from "./functions.ts";

const database = openTestDatabase();
let names = 0;

type End = { status: string; error?: Record<string, Json> };

/** One workflow whose function fails while `isDown` returns true, run any number of times. */
async function prepare(
  policy: CircuitBreakerOptions,
  kind: "task" | "activity" = "task",
  options: OperatorOptions = {},
) {
  const name = `guarded_${++names}`;
  await createQueue(database.pool, name);
  const service = { isDown: true, calls: 0, error: new RangeError("down") as Error };
  const f: WorkflowFunction = () => {
    service.calls += 1;
    if (service.isDown) throw service.error;
    return "up";
  };
  const bench = new Bench(database.pool, name, { functions: { f } });
  const workflow = new WorkflowBuilder(name)
    [kind]("a", "f", { circuitBreakerPolicy: policy, ...options })
    .build();
  const run = async () => {
    const { taskId } = await bench.start(workflow);
    return (await bench.finish(taskId)) as End;
  };
  const circuit = async () => {
    const { rows } = await database.pool.query(
      "select state, failures, successes from public.highway_circuit where workflow_name = $1 and operator = 'a'",
      [name],
    );
    return rows[0];
  };
  const passIsolation = () =>
    database.pool.query(
      "update public.highway_circuit set retry_at = now(), probe_until = now() where workflow_name = $1",
      [name],
    );
  return { service, run, circuit, passIsolation, bench, workflow, name };
}

test.each(["task", "activity"] as const)(
  "a circuit of a %s opens, refuses, probes and closes",
  async (kind) => {
    const policy = { failureThreshold: 2, successThreshold: 2, isolationDuration: 3600 };
    const { service, run, circuit, passIsolation } = await prepare(policy, kind);
    await run();
    expect(await circuit()).toEqual({ state: "closed", failures: 1, successes: 0 });
    await run();
    expect(await circuit()).toMatchObject({ state: "open", failures: 2 });
    expect(await run()).toMatchObject({ status: "failed", error: { type: "CircuitOpen" } });
    expect(service.calls).toBe(2);

    await passIsolation();
    await run();
    expect(service.calls).toBe(3);
    expect(await circuit()).toMatchObject({ state: "open" });

    await passIsolation();
    service.isDown = false;
    expect(await run()).toMatchObject({ status: "completed" });
    expect(await circuit()).toMatchObject({ state: "half_open", successes: 1 });
    expect(await run()).toMatchObject({ status: "completed" });
    expect(await circuit()).toEqual({ state: "closed", failures: 0, successes: 0 });
  },
);

test("only one attempt probes at a time, and the probe of a dead worker expires", async () => {
  const { service, run, circuit, name } = await prepare({
    failureThreshold: 1,
    isolationDuration: 0,
  });
  await run();
  await database.pool.query(
    `update public.highway_circuit set state = 'half_open', probe_run = gen_random_uuid(),
            probe_until = now() + interval '1 hour' where workflow_name = $1`,
    [name],
  );
  expect(await run()).toMatchObject({ error: { type: "CircuitOpen" } });
  expect(service.calls).toBe(1);
  await database.pool.query(
    "update public.highway_circuit set probe_until = now() where workflow_name = $1",
    [name],
  );
  service.isDown = false;
  expect(await run()).toMatchObject({ status: "completed" });
  expect(await circuit()).toMatchObject({ state: "half_open", successes: 1 });
});

test("a success in between resets the count, and ignored errors never count", async () => {
  const { service, run, circuit } = await prepare({
    failureThreshold: 2,
    ignoreExceptions: ["TypeError"],
  });
  await run();
  service.isDown = false;
  await run();
  expect(await circuit()).toMatchObject({ state: "closed", failures: 0 });
  service.isDown = true;
  service.error = new TypeError("mine");
  await run();
  await run();
  expect(await circuit()).toMatchObject({ state: "closed", failures: 0 });
});

test("out-of-range times and thresholds neither crash a run nor open a circuit early", async () => {
  const endless = 86_400 * 365 * 9_999_999;
  const { service, run, circuit, passIsolation } = await prepare(
    { failureThreshold: 1, successThreshold: 10 ** 12, isolationDuration: endless },
    "task",
    { timeoutPolicy: { timeout: endless } },
  );
  expect(await run()).toMatchObject({ status: "failed", error: { type: "RangeError" } });
  expect(await circuit()).toMatchObject({ state: "open" });
  await passIsolation();
  service.isDown = false;
  expect(await run()).toMatchObject({ status: "completed" });
  expect(await circuit()).toMatchObject({ state: "half_open", successes: 1 });

  const patient = await prepare({ failureThreshold: 10 ** 12 });
  expect(await patient.run()).toMatchObject({ status: "failed", error: { type: "RangeError" } });
  expect(await patient.circuit()).toMatchObject({ state: "closed", failures: 1 });
});

test("without the table a workflow with circuits is refused, with the name of the migration", async () => {
  const { bench, workflow } = await prepare({});
  await database.pool.query("alter table public.highway_circuit rename to hidden_circuit");
  try {
    await expect(bench.start(workflow)).rejects.toThrow("0004_highway_circuit.sql");
  } finally {
    await database.pool.query("alter table public.hidden_circuit rename to highway_circuit");
  }
});
