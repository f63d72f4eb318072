/** fixtures/scenarios.yaml: workflows, how their functions and events behave, and the expected results. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Json, JsonObject } from "../../model/json.ts";
import { parseWorkflow } from "../language/parse.ts";
import type { Workflow } from "../model/workflow.ts";

export type Scenario = {
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

const FIXTURES = path.join(import.meta.dirname, "../fixtures");
const read = (file: string) => readFileSync(path.join(FIXTURES, file), "utf8");

export const SCENARIOS: readonly Scenario[] = parse(read("scenarios.yaml"));

/** The workflow of a scenario, the results of its functions, and the outcome of the events it waits for. */
export function stage(scenario: Scenario): {
  workflow: Workflow;
  play: (id: string) => Json | undefined;
  wake: (event: string) => "time out" | Json | undefined;
} {
  const { workflow } = parseWorkflow(read(`expected/${scenario.workflow}.json`));
  if (!workflow) throw new Error(`${scenario.workflow} is no workflow`);
  const calls = new Map<string, number>();
  return {
    workflow,
    play: (id) => {
      if (scenario.fail?.includes(id)) throw new Error(`${id} fails`);
      const count = calls.get(id) ?? 0;
      calls.set(id, count + 1);
      const result = scenario.results?.[id];
      return Array.isArray(result) ? result[Math.min(count, result.length - 1)] : result;
    },
    wake: (event) =>
      scenario.event_timeouts?.includes(event) ? "time out" : scenario.events?.[event],
  };
}
