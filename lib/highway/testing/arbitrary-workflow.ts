import * as fc from "fast-check";
import { parseJson } from "../../absurd/connection/json.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import {
  DEADLINE_ACTIONS,
  GUARD_CHECKS,
  type Guard,
  JOIN_MODES,
  type Operator,
  type OperatorBase,
  TERMINATE_STATUSES,
  TRIGGER_RULES,
  type Workflow,
} from "../model/workflow.ts";

/** Few ids, so that references match; some are awkward in diagrams and paths. */
const IDS = [
  "a",
  "b",
  "c",
  "load",
  "end",
  "state",
  "T1",
  "x-y",
  "with space",
  "a.b",
  "p/q",
  "ü",
  "_",
];
const id = fc.constantFrom(...IDS);
const ids = fc.uniqueArray(id, { maxLength: 3 });
const maybeId = fc.option(id, { freq: 4 });
const words = fc.constantFrom("", "Load it", 'with "quotes"', "two\nlines", "Ünïcode ✓", "#;:{<");
/** As parsed JSON: integers that a double would round are `bigint`. */
const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => parseJson(JSON.stringify(value)));
const free: fc.Arbitrary<JsonObject> = fc.dictionary(fc.string({ maxLength: 5 }), json, {
  maxKeys: 3,
});
const durations = fc.constantFrom("PT5S", "PT0.25S", "P1D", "P1Y35DT1M");

const retryPolicy = fc.record({
  max_retries: fc.nat(5),
  delay: durations,
  backoff_factor: fc.constantFrom(1, 1.5, 2),
});

const circuitBreakerPolicy = fc.record({
  failure_threshold: fc.integer({ min: 1, max: 9 }),
  success_threshold: fc.integer({ min: 1, max: 9 }),
  isolation_duration: durations,
  catch_exceptions: fc.option(fc.array(words, { maxLength: 2 })),
  ignore_exceptions: fc.option(fc.array(words, { maxLength: 2 })),
});

const guard: fc.Arbitrary<Guard> = fc.constantFrom(...GUARD_CHECKS).chain((check) =>
  fc.record({
    variable: fc.constantFrom("{{ x }}", "x.y"),
    check: fc.constant(check),
    value:
      check === "in_range"
        ? fc.constant<Json>([1, 2.5])
        : check === "in_set"
          ? fc.array(json, { maxLength: 3 })
          : json,
    message: words,
  }),
);
const guards = fc.array(guard, { maxLength: 2 });

const base: fc.Arbitrary<OperatorBase> = fc.record({
  task_id: id,
  dependencies: ids,
  trigger_rule: fc.constantFrom(...TRIGGER_RULES),
  retry_policy: fc.option(retryPolicy),
  timeout_policy: fc.option(fc.record({ timeout: durations, kill_on_timeout: fc.boolean() })),
  circuit_breaker_policy: fc.option(circuitBreakerPolicy),
  idempotency_key: fc.option(words),
  metadata: free,
  description: words,
  result_key: fc.option(id),
  on_success_task_id: maybeId,
  on_failure_task_id: maybeId,
  is_internal_loop_task: fc.boolean(),
  is_internal_parallel_task: fc.boolean(),
  preconditions: guards,
  postconditions: guards,
});

const call = {
  function: fc.constantFrom("f", "mail.send"),
  args: fc.array(json, { maxLength: 2 }),
  kwargs: free,
};

const leaves: fc.Arbitrary<object>[] = [
  fc.record({ operator_type: fc.constantFrom("task", "activity"), ...call }),
  fc.record({
    operator_type: fc.constant("condition"),
    condition: fc.constant("{{ x }} > 1"),
    if_true: maybeId,
    if_false: maybeId,
  }),
  fc.record({
    operator_type: fc.constant("wait"),
    wait_for: fc.constantFrom("PT5S", "2026-01-01T00:00:00Z", "{{ delay }}"),
  }),
  fc.record({ operator_type: fc.constant("emit_event"), event_name: words, payload: free }),
  fc.record({
    operator_type: fc.constant("wait_for_event"),
    event_name: words,
    timeout_seconds: fc.option(fc.nat()),
  }),
  fc.record({
    operator_type: fc.constant("switch"),
    switch_on: fc.constant("{{ x }}"),
    cases: fc.dictionary(fc.constantFrom("one", "two", "default", "404"), id, { maxKeys: 3 }),
    default: maybeId,
  }),
  fc.record({
    operator_type: fc.constant("join"),
    join_tasks: ids,
    join_mode: fc.constantFrom(...JOIN_MODES),
  }),
  fc.record({
    operator_type: fc.constant("reflexive"),
    generator: words,
    generator_kwargs: free,
    verifier: words,
    verifier_kwargs: free,
    max_turns: fc.integer({ min: 1, max: 10 }),
    correction_prompt_template: fc.option(words),
  }),
  fc.record({
    operator_type: fc.constant("terminate"),
    status: fc.constantFrom(...TERMINATE_STATUSES),
    result: free,
    reason: words,
  }),
  fc.record({
    operator_type: fc.constant("child_workflow"),
    children: fc.dictionary(id, fc.record({ workflow_name: fc.constant("other"), inputs: free }), {
      maxKeys: 2,
    }),
    timeout_seconds: fc.option(fc.nat()),
  }),
  fc.record({ operator_type: fc.constantFrom("try_catch", "teleport"), generator: words }),
];

function operators(depth: number): fc.Arbitrary<Operator[]> {
  const inner: fc.Arbitrary<object>[] =
    depth === 0
      ? []
      : [
          fc.record({
            operator_type: fc.constant("foreach"),
            items: fc.constant("{{ xs }}"),
            loop_body: operators(depth - 1),
            parallel: fc.boolean(),
            dynamic: fc.boolean(),
          }),
          fc.record({
            operator_type: fc.constant("while"),
            condition: fc.constant("i < 5"),
            loop_body: operators(depth - 1),
          }),
          fc.record({
            operator_type: fc.constant("parallel"),
            branches: fc.dictionary(fc.constantFrom("hd", "SD", "b-1"), ids, { maxKeys: 2 }),
            branch_workflows: fc.dictionary(fc.constantFrom("hd", "left"), workflows(depth - 1), {
              maxKeys: 2,
            }),
            timeout: fc.option(fc.nat()),
          }),
          fc.record({
            operator_type: fc.constant("multi_choice"),
            branches: fc.dictionary(
              fc.constantFrom("hd", "left", "b-1"),
              fc.record({ condition: fc.constant("{{ x }} > 1"), tasks: ids }),
              { maxKeys: 2 },
            ),
            branch_workflows: fc.dictionary(fc.constantFrom("hd", "left"), workflows(depth - 1), {
              maxKeys: 2,
            }),
            minimum_branches: fc.nat(2),
            timeout: fc.option(fc.nat()),
          }),
        ];
  const operator = fc
    .tuple(base, fc.oneof(...leaves, ...inner))
    .map(
      ([{ task_id, ...rest }, { operator_type, ...own }]: [
        OperatorBase,
        { operator_type?: unknown },
      ]) => ({ task_id, operator_type, ...rest, ...own }) as Operator,
    );
  return fc.uniqueArray(operator, { maxLength: 5, selector: ({ task_id }) => task_id });
}

function workflows(depth: number): fc.Arbitrary<Workflow> {
  return fc
    .record({
      name: fc.constantFrom("flow", "a_b"),
      version: fc.constantFrom("2.0.0", "1.0.0-rc.1"),
      description: words,
      tasks: operators(depth),
      variables: free,
      start_task: maybeId,
      schedule: fc.option(fc.constant("15 6 * * 1-5")),
      start_date: fc.option(fc.constantFrom("2026-03-01T06:15:00Z", "2026-03-01T06:15:00")),
      catchup: fc.boolean(),
      is_paused: fc.boolean(),
      tags: fc.array(words, { maxLength: 2 }),
      max_active_runs: fc.integer({ min: 1, max: 3 }),
      default_retry_policy: fc.option(retryPolicy),
      deadline_seconds: fc.option(fc.integer({ min: 1, max: 1e6 })),
      deadline_action: fc.constantFrom(...DEADLINE_ACTIONS),
    })
    .map(({ tasks, ...rest }) => {
      const { name, version, description, ...others } = rest;
      const map = Object.fromEntries(tasks.map((one) => [one.task_id, one]));
      return { name, version, description, tasks: map, ...others };
    });
}

/** Workflows of the right shape, with cycles, unknown ids, duplicate names, and loops in branches in loops. */
export const arbitraryWorkflow = workflows(2);
