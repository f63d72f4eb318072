/** fixtures/scenarios.yaml, executed by a worker of the SDK. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { createQueue } from "../../absurd/queues/queues.ts";
import { getWorkflowRun } from "../../absurd/workflow-runs/workflow-runs.ts";
import type { OperatorState } from "../machine/states.ts";
import { Bench, playFunctions } from "../testing/bench.ts";
import { SCENARIOS, stage } from "../testing/scenarios.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test.concurrent.each(SCENARIOS)("$workflow: $scenario", async (scenario) => {
  const { workflow, play, wake } = stage(scenario);
  const queue = `${scenario.workflow} ${scenario.scenario}`;
  await createQueue(database.pool, queue);
  const functions = playFunctions(workflow, play);
  // The scenarios specify only the inputs that decide something.
  const bench = new Bench(database.pool, queue, { functions, lenient: true });
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs: scenario.inputs ?? {} });
  const result = await bench.finish(taskId, wake);

  const { operators } = result as { operators: Record<string, OperatorState> };
  const inState = (...states: OperatorState[]) =>
    Object.entries(operators).flatMap(([at, state]) => (states.includes(state) ? at : []));
  const onTop = (paths: string[]) => paths.filter((at) => !at.includes("/")).sort();
  const { expect: expected } = scenario;
  expect(await getWorkflowRun(database.pool, workflowRunId)).toMatchObject({
    status: expected.run_status,
    absurdTaskId: taskId,
  });
  expect(inState("completed", "failed").sort()).toEqual(expected.executed.sort());
  expect(onTop(inState("failed"))).toEqual(expected.failed ?? []);
  expect(onTop(inState("upstream_failed"))).toEqual((expected.upstream_failed ?? []).sort());
  expect(onTop(inState("skipped"))).toEqual((expected.skipped ?? []).sort());
});
