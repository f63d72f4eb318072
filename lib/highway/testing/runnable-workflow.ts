import * as fc from "fast-check";
import { parseWorkflow } from "../language/parse.ts";
import { validateWorkflow } from "../model/checks/validate.ts";
import type { Workflow } from "../model/workflow.ts";
import { JOIN_MODES, TRIGGER_RULES } from "../model/workflow.ts";

type Document = Record<string, unknown> & { task_id: string };

/** A number from 0 to 2^32 that decides how one operator of a random workflow is made. */
type Seed = number;

/** Takes digits off a seed, one by one. */
class Dice {
  constructor(private seed: Seed) {}

  below(limit: number): number {
    // A linear congruential step, so that one seed provides any number of digits.
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return (this.seed >>> 8) % limit;
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  isHit(sides: number): boolean {
    return this.below(sides) === 0;
  }
}

/** The name of the definition that random workflows run as a child; it must be stored. */
export const CHILD = "random_child";

/**
 * Workflows that can be run, with every kind of operator, nested up to three deep, with handlers, retries, trigger
 * rules, guards, circuit breakers and deadlines. `isFailing` decides which calls of their functions fail, `judge`
 * what their verifiers return.
 */
export const runnableWorkflow: fc.Arbitrary<{
  workflow: Workflow;
  isFailing: (path: string, attempt: number) => boolean;
  judge: (key: string) => unknown;
}> = fc
  .tuple(fc.array(fc.nat(2 ** 32 - 1), { minLength: 2, maxLength: 7 }), fc.nat(2 ** 32 - 1))
  .map(([seeds, salt]) => ({ document: toDocument(seeds), salt }))
  .map(({ document, salt }) => {
    const { workflow } = parseWorkflow(JSON.stringify(document), { format: "json" });
    return { workflow, salt };
  })
  .filter(
    (made): made is { workflow: Workflow; salt: number } =>
      made.workflow !== undefined &&
      validateWorkflow(made.workflow).every(({ severity }) => severity !== "error"),
  )
  .map(({ workflow, salt }) => ({
    workflow,
    isFailing: (path, attempt) => hash(`${salt}/${path}/${attempt}`) % 5 === 0,
    judge: (key) => {
      const verdicts = [true, true, { ok: false, feedback: "again" }, false, "no verdict"];
      return verdicts[hash(`${salt}/${key}`) % verdicts.length];
    },
  }));

function toDocument(seeds: readonly Seed[]) {
  const tasks = makeScope(seeds, "", 0);
  const dice = new Dice(seeds[0] ?? 0);
  return {
    name: "random",
    version: "1",
    // A deadline that passes during the run, one that does not, or none.
    ...(dice.isHit(4) && { deadline_seconds: dice.isHit(3) ? 1 : 3600 }),
    ...(dice.isHit(2) && { deadline_action: "cancel" }),
    start_task: tasks[0]?.task_id ?? null,
    tasks: Object.fromEntries(tasks.map((task) => [task.task_id, task])),
  };
}

/**
 * The operators of one scope; each depends only on earlier ones. Handlers may be in surrounding scopes, with the
 * ids `outer`.
 */
function makeScope(
  seeds: readonly Seed[],
  prefix: string,
  depth: number,
  outer: readonly string[] = [],
): Document[] {
  const ids = seeds.map((_, index) => `${prefix}${String.fromCharCode(97 + index)}`);
  const handlers = [...ids, ...outer];
  return seeds.map((seed, index) => {
    const dice = new Dice(seed);
    const earlier = ids.slice(0, index);
    const dependencies = earlier.filter(() => dice.isHit(3));
    const later = ids.slice(index + 1);
    const id = ids[index] ?? "";
    return {
      task_id: id,
      dependencies,
      ...(dice.isHit(4) && { trigger_rule: dice.one(TRIGGER_RULES) }),
      ...(dice.isHit(5) && { on_failure_task_id: dice.one(handlers) }),
      ...(dice.isHit(8) && { on_success_task_id: dice.one(handlers) }),
      ...(dice.isHit(5) && {
        retry_policy: { max_retries: 1 + dice.below(2), delay: "PT0.05S", backoff_factor: 1 },
      }),
      ...makeKind(dice, id, { earlier, later, handlers, depth }),
      ...makeProtection(dice),
    };
  });
}

/** Guards that are met, unmet or impossible to check, and circuit breakers. */
function makeProtection(dice: Dice): Record<string, unknown> {
  const guard = () => ({
    variable: dice.one(["run.id", "workflow.name", "nothing"]),
    check: dice.one(["exists", "not_null", "not_equals"]),
    value: "random",
  });
  const result = () => ({ variable: "result", check: dice.one(["exists", "exists", "not_null"]) });
  return {
    ...(dice.isHit(8) && { preconditions: [guard()] }),
    ...(dice.isHit(6) && { postconditions: [result()] }),
    ...(dice.isHit(6) && {
      circuit_breaker_policy: {
        failure_threshold: 1 + dice.below(2),
        success_threshold: 1,
        isolation_duration: dice.one(["PT0S", "PT0.1S", "PT60S"]),
      },
    }),
  };
}

/** The ids that an operator may name, and how many scopes surround its own. */
type Place = {
  earlier: readonly string[];
  later: readonly string[];
  handlers: readonly string[];
  depth: number;
};

function makeKind(
  dice: Dice,
  id: string,
  { earlier, later, handlers, depth }: Place,
): Record<string, unknown> {
  const target = () => (later.length > 0 && !dice.isHit(4) ? dice.one(later) : null);
  const inner = (name: string) =>
    makeScope(
      Array.from({ length: 1 + dice.below(3) }, () => dice.below(2 ** 24)),
      `${id}${name}_`,
      depth + 1,
      handlers,
    );
  const branch = (name: string) => {
    const tasks = inner(name);
    return {
      name: "branch",
      version: "1",
      start_task: null,
      tasks: Object.fromEntries(tasks.map((task) => [task.task_id, task])),
    };
  };
  const kind = dice.below(depth < 2 ? 19 : 12);
  switch (kind) {
    case 0:
      return {
        operator_type: "condition",
        condition: dice.one(["1 == 1", "1 == 2"]),
        if_true: target(),
        if_false: target(),
      };
    case 1:
      return {
        operator_type: "switch",
        switch_on: dice.one(["'x'", "'y'", "null"]),
        cases: later.length > 0 ? { x: dice.one(later) } : {},
        default: target(),
      };
    case 2:
      return {
        operator_type: "join",
        join_tasks: earlier.filter(() => dice.isHit(2)),
        join_mode: dice.one(JOIN_MODES),
      };
    case 3:
      return { operator_type: "wait", wait_for: dice.one(["PT0S", "PT0.1S"]) };
    case 4:
      return {
        operator_type: "wait_for_event",
        event_name: `{{ run.id }}:${dice.one(["sent", "never"])}`,
        timeout_policy: { timeout: "PT0.2S" },
      };
    case 5:
      return { operator_type: "emit_event", event_name: "{{ run.id }}:sent" };
    case 6:
      return { operator_type: "activity", function: "f" };
    case 7:
      return {
        operator_type: "reflexive",
        generator: "f",
        verifier: "judge",
        max_turns: 1 + dice.below(3),
      };
    case 8:
      return {
        operator_type: "child_workflow",
        children: Object.fromEntries(
          ["x", "y"]
            .slice(0, 1 + dice.below(2))
            .map((name) => [
              name,
              { workflow_name: dice.isHit(6) ? "unknown_child" : CHILD, inputs: {} },
            ]),
        ),
      };
    case 9:
      return dice.isHit(3)
        ? {
            operator_type: "terminate",
            status: dice.one(["completed", "failed", "cancelled"]),
            result: { by: id },
          }
        : { operator_type: "task", function: "f" };
    case 12:
      return {
        operator_type: "foreach",
        items: dice.one(["[]", "[1]", "[1, 2]", "{{ nothing }}"]),
        parallel: dice.isHit(2),
        loop_body: inner("i"),
      };
    case 13:
      return {
        operator_type: "while",
        condition: `{{ index }} < ${dice.below(3)}`,
        loop_body: inner("w"),
      };
    case 14:
    case 15: {
      const names = ["l", "r"].slice(0, 1 + dice.below(2));
      return {
        operator_type: "parallel",
        branches: {},
        branch_workflows: Object.fromEntries(names.map((name) => [name, branch(name)])),
      };
    }
    case 16:
    case 17: {
      const names = ["m", "n"];
      return {
        operator_type: "multi_choice",
        branches: Object.fromEntries(
          names.map((name) => [
            name,
            { condition: dice.one(["true", "true", "1 == 2"]), tasks: [] },
          ]),
        ),
        branch_workflows: Object.fromEntries(names.map((name) => [name, branch(name)])),
        minimum_branches: dice.below(2),
      };
    }
    case 18:
      // Without workflows, branches name operators of the surrounding scope.
      return {
        operator_type: "multi_choice",
        branches: {
          m: { condition: "true", tasks: later.slice(0, 1) },
          n: { condition: dice.one(["true", "1 == 2"]), tasks: later.slice(1, 3) },
        },
        minimum_branches: 0,
      };
    default:
      return { operator_type: "task", function: "f" };
  }
}

function hash(text: string): number {
  let value = 2166136261;
  for (const sign of text) value = Math.imul(value ^ (sign.codePointAt(0) ?? 0), 16777619) >>> 0;
  return value >>> 7;
}
