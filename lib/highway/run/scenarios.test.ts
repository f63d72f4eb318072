/** fixtures/scenarios.yaml, executed by a worker of the SDK. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { createTestDatabase, type TestDatabase } from "@/lib/testing/database";
import { createQueue } from "../../absurd/queues.ts";
import type { Json, JsonObject } from "../../absurd/types.ts";
import { getWorkflowRun } from "../../absurd/workflow-runs.ts";
import { parseWorkflow } from "../parse.ts";
import { Bench, playFunctions } from "../testing/bench.ts";
import type { OperatorState } from "./plan.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures");
const read = (file: string) => readFileSync(path.join(FIXTURES, file), "utf8");

type Scenario = {
  workflow: string;
  scenario: string;
  inputs?: JsonObject;
  results?: Record<string, Json>;
  fail?: string[];
  events?: Record<string, Json>;
  event_timeouts?: string[];
  expect: {
    run_status: string;
    executed: string[];
    skipped?: string[];
    failed?: string[];
    upstream_failed?: string[];
  };
};
const scenarios: Scenario[] = parse(read("scenarios.yaml"));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test.concurrent.each(scenarios)("$workflow: $scenario", async (scenario) => {
  const { workflow } = parseWorkflow(read(`expected/${scenario.workflow}.json`));
  if (!workflow) throw new Error("no workflow");
  const queue = `${scenario.workflow} ${scenario.scenario}`;
  await createQueue(database.pool, queue);
  const calls = new Map<string, number>();
  const functions = playFunctions(workflow, (id) => {
    if (scenario.fail?.includes(id)) throw new Error(`${id} fails`);
    const count = calls.get(id) ?? 0;
    calls.set(id, count + 1);
    const result = scenario.results?.[id];
    return Array.isArray(result) ? result[Math.min(count, result.length - 1)] : result;
  });
  // The scenarios give only those inputs that decide something.
  const bench = new Bench(database.pool, queue, { functions, lenient: true });
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs: scenario.inputs ?? {} });
  const result = await bench.finish(taskId, (event) =>
    scenario.event_timeouts?.includes(event) ? "time out" : scenario.events?.[event],
  );

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
