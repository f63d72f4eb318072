import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WorkflowBuilder } from "../../builder/workflow-builder.ts";
import { ScopeMachine, type Start } from "../../machine/scope-machine.ts";
import { decodeWorkflow } from "../decode-workflow.ts";
import { topScope } from "../scopes.ts";
import { validateWorkflow } from "./validate.ts";

type Fields = Record<string, unknown>;

const task = (fields: Fields = {}) => ({ operator_type: "task", function: "f", ...fields });

const toDocument = (tasks: Record<string, Fields>, start?: string) => ({
  name: "flow",
  tasks: Object.fromEntries(
    Object.entries(tasks).map(([id, one]) => [id, { task_id: id, ...one }]),
  ),
  ...(start && { start_task: start }),
});

/** The validator's warnings about skipped tasks: `id: message`. */
const warn = (tasks: Record<string, Fields>) =>
  validateWorkflow(toDocument(tasks))
    .filter(({ code }) => code === "skipped_merge")
    .map(({ path, message, hint }) => ({ path, message, hint }));

const targets = { a: task({ dependencies: ["route"] }), b: task({ dependencies: ["route"] }) };
const merge = task({ dependencies: ["a", "b"] });
const join = (members: string[], fields: Fields = {}) => ({
  operator_type: "join",
  join_tasks: members,
  ...fields,
});

const switchOn = (cases: Record<string, string>, other: string | null = null) => ({
  operator_type: "switch",
  switch_on: "{{ inputs.kind }}",
  cases,
  default: other,
});
const choice = (minimum: number) => ({
  operator_type: "multi_choice",
  branches: { one: { condition: "x", tasks: ["a"] }, two: { condition: "y", tasks: ["b"] } },
  minimum_branches: minimum,
});
const condition = (yes: string | null, no: string | null) => ({
  operator_type: "condition",
  condition: "{{ inputs.x }}",
  if_true: yes,
  if_false: no,
});

describe("an operator that merges branches", () => {
  test("is reported when no case may match", () => {
    expect(warn({ route: switchOn({ x: "a", y: "b" }), ...targets, merge })).toEqual([
      {
        path: "tasks.merge",
        message:
          "Task 'merge' is skipped, with all that runs only after it, when 'route' chooses none of 'a', 'b'",
        hint: "if it should run in any case, let it depend on 'route' alone",
      },
    ]);
  });

  test.each(["all_of", "any_of", "all_success", "one_success"])(
    "is reported as a join of mode %s",
    (join_mode) => {
      const tasks = { route: switchOn({ x: "a", y: "b" }), ...targets };
      const problems = warn({ ...tasks, end: join(["a", "b"], { join_mode }) });
      expect(problems).toMatchObject([
        {
          path: "tasks.end",
          hint: "if something should run in any case, use a task that depends on 'route' alone",
        },
      ]);
    },
  );

  test.each(["all_done", "one_success", "one_done", "none_failed"])(
    "is reported with the trigger rule %s",
    (trigger_rule) => {
      const tasks = { route: switchOn({ x: "a", y: "b" }), ...targets };
      expect(warn({ ...tasks, merge: { ...merge, trigger_rule } })).toHaveLength(1);
    },
  );

  test("is reported when another case leads elsewhere", () => {
    const route = switchOn({ x: "a", y: "b", z: "c" }, "a");
    const c = task({ dependencies: ["route"] });
    expect(warn({ route, ...targets, c, merge })).toHaveLength(1);
  });

  test("is reported when two conditions may both choose nothing, and once", () => {
    const tasks = {
      first: condition("a", null),
      second: { ...condition("b", null), dependencies: ["first"] },
      a: task({ dependencies: ["first"] }),
      b: task({ dependencies: ["second"] }),
      merge,
      after: task({ dependencies: ["merge"] }),
      last: task({ dependencies: ["merge", "after"] }),
    };
    expect(warn(tasks)).toMatchObject([
      {
        path: "tasks.merge",
        message:
          "Task 'merge' is skipped, with all that runs only after it, when 'first' does not choose 'a' and 'second' does not choose 'b'",
        hint: "if it should run in any case, let it depend on 'first' and 'second'",
      },
    ]);
  });

  test("is reported when a choice may choose nothing", () => {
    expect(warn({ route: choice(0), ...targets, merge })).toHaveLength(1);
    expect(warn({ route: choice(1), ...targets, merge })).toEqual([]);
  });

  test("is reported when it joins the tasks of branches, one of which is chosen", () => {
    const build = (members: string[], minimumBranches: number) =>
      validateWorkflow(
        new WorkflowBuilder("flow")
          .multiChoice(
            "tell",
            {
              mail: { when: "inputs.mail", do: (branch) => branch.task("send_mail", "f") },
              text: { when: "inputs.text", do: (branch) => branch.task("send_text", "f") },
            },
            { minimumBranches },
          )
          .join("told", members, "all_of")
          .build(),
      ).filter(({ code }) => code === "skipped_merge");
    expect(build(["send_mail", "send_text"], 1)).toEqual([]);
    expect(build(["send_mail", "send_text"], 0)).toMatchObject([
      {
        message:
          "Task 'told' is skipped, with all that runs only after it, when 'tell' chooses none of branch 'mail', branch 'text'",
      },
    ]);
    expect(build(["send_mail"], 1)).toMatchObject([{ path: "tasks.told" }]);
  });

  test("is reported as a join after the router that names one of its targets", () => {
    const tasks = { route: condition("a", "b"), ...targets };
    const end = join(["a"], { dependencies: ["route"] });
    expect(warn({ ...tasks, end })).toHaveLength(1);
  });

  test("is reported within a loop and a branch", () => {
    const inner = toDocument({ route: switchOn({ x: "a", y: "b" }), ...targets, merge }).tasks;
    const each = { operator_type: "foreach", items: "{{ inputs.all }}" };
    expect(warn({ each: { ...each, loop_body: Object.values(inner) } })).toMatchObject([
      { path: "tasks.each.loop_body[3]" },
    ]);
    const parallel = {
      operator_type: "parallel",
      branch_workflows: { left: { name: "left", tasks: inner } },
    };
    expect(warn({ parallel })).toMatchObject([
      { path: "tasks.parallel.branch_workflows.left.tasks.merge" },
    ]);
  });

  test("is not reported when some branch is always chosen", () => {
    expect(warn({ route: condition("a", "b"), ...targets, merge })).toEqual([]);
    expect(warn({ route: switchOn({ x: "a" }, "b"), ...targets, end: join(["a", "b"]) })).toEqual(
      [],
    );
  });

  test("is not reported when another operator before it always runs", () => {
    const tasks = { route: switchOn({ x: "a", y: "b" }), ...targets, other: task() };
    expect(warn({ ...tasks, merge: task({ dependencies: ["a", "b", "other"] }) })).toEqual([]);
    expect(warn({ ...tasks, end: join(["a", "b", "other"]) })).toEqual([]);
    expect(warn({ ...tasks, end: join(["a", "b", "route"]) })).toEqual([]);
    expect(warn({ ...tasks, merge: task({ dependencies: ["route"] }) })).toEqual([]);
  });

  test("is not reported within one branch, which is skipped as a whole", () => {
    const tasks = {
      route: condition("a", null),
      a: task({ dependencies: ["route"] }),
      left: task({ dependencies: ["a"] }),
      right: task({ dependencies: ["a"] }),
      merge: task({ dependencies: ["left", "right"] }),
      end: join(["left", "right"]),
    };
    expect(warn(tasks)).toEqual([]);
    const nested = {
      ...tasks,
      right: { ...condition("x", "y"), dependencies: ["a"] },
      x: task({ dependencies: ["right"] }),
      y: task({ dependencies: ["right"] }),
      end: join(["x", "y"]),
    };
    expect(warn(nested)).toEqual([]);
  });
});

/** Documents with few tasks: each may depend on earlier ones, and lead to later ones. */
const documents = fc.integer({ min: 4, max: 7 }).chain((count) => {
  const ids = Array.from({ length: count }, (_, index) => `t${index}`);
  const operators = ids.map((_, index) => {
    const some = (from: string[], most: number) =>
      from.length === 0
        ? fc.constant<string[]>([])
        : fc.uniqueArray(fc.constantFrom(...from), { maxLength: most });
    const later = ids.slice(index + 1);
    const one =
      later.length === 0 ? fc.constant(null) : fc.option(fc.constantFrom(...later), { freq: 3 });
    const kinds = [
      ...Array.from({ length: 4 }, () => fc.constant(task())),
      some(ids.slice(0, index), 3).map((members) => join(members)),
      fc.tuple(one, one).map(([yes, no]) => condition(yes, no)),
      fc
        .tuple(some(later, 2), one)
        .map(([to, other]) =>
          switchOn(Object.fromEntries(to.map((id) => [`is ${id}`, id])), other),
        ),
      fc.tuple(some(later, 2), some(later, 1), fc.nat(1)).map(([first, second, minimum]) => ({
        operator_type: "multi_choice",
        branches: {
          first: { condition: "x", tasks: first },
          second: { condition: "y", tasks: second },
        },
        minimum_branches: minimum,
      })),
    ];
    return fc
      .tuple(fc.oneof(...kinds), some(ids.slice(0, index), 3))
      .map(([kind, dependencies]) => ({ ...kind, dependencies }));
  });
  return fc
    .tuple(...operators)
    .map((all) =>
      toDocument(Object.fromEntries(all.map((one, index) => [`t${index}`, one])), "t0"),
    );
});

/** The outcomes of a router: the targets that each selects. */
function listOutcomes({ operator }: Start): string[][] {
  const only = (id: string | null) => (id === null ? [] : [id]);
  switch (operator.operator_type) {
    case "condition":
      return [only(operator.if_true), only(operator.if_false)];
    case "switch":
      return [...Object.values(operator.cases).map(only), only(operator.default)];
    case "multi_choice": {
      const [first = [], second = []] = Object.values(operator.branches).map(({ tasks }) => tasks);
      const some = [first, second, [...first, ...second]];
      return operator.minimum_branches === 0 ? [[], ...some] : some;
    }
    default:
      return [[]];
  }
}

type Ends = Map<string, { state: string; selected: readonly string[] }>;

/** How the tasks end, for each way in which the routers can choose. */
function listRuns(document: object): Ends[] {
  const { workflow } = decodeWorkflow(document);
  if (!workflow) throw new Error("no workflow");
  const runs: Ends[] = [];
  const follow = (chosen: string[][]): void => {
    const machine = new ScopeMachine(topScope(workflow), "", () => false);
    const selected = new Map<string, readonly string[]>();
    let used = 0;
    for (let starts = machine.advance(); starts.length > 0; starts = machine.advance())
      for (const start of starts) {
        const outcomes = listOutcomes(start);
        if (outcomes.length > 1 && used === chosen.length) {
          for (const one of outcomes) follow([...chosen, one]);
          return;
        }
        const choice = outcomes.length > 1 ? (chosen[used++] ?? []) : (outcomes[0] ?? []);
        selected.set(start.key, choice);
        machine.resolve(start.key, { state: "completed", selected: choice });
      }
    runs.push(
      new Map(
        [...machine.states].map(([id, state]) => [id, { state, selected: selected.get(id) ?? [] }]),
      ),
    );
  };
  follow([]);
  return runs;
}

test("the interpreter skips every reported operator, and any other only with a single branch", () => {
  let reported = 0;
  fc.assert(
    fc.property(documents, (document) => {
      const problems = validateWorkflow(document).filter(({ code }) => code === "skipped_merge");
      const runs = listRuns(document);
      const skips = (id: string) => runs.filter((ends) => ends.get(id)?.state === "skipped");
      for (const { path } of problems) {
        reported++;
        expect(skips(path.replace("tasks.", ""))).not.toEqual([]);
      }
      const known = new Set(problems.map(({ path }) => path.replace("tasks.", "")));
      const ids = Object.keys(document.tasks);
      for (const [index, id] of ids.entries()) {
        const isTarget = runs.some((ends) =>
          [...ends.values()].some(({ selected }) => selected.includes(id)),
        );
        // A target is skipped because it was not chosen; any other operator because of one before it.
        if (known.has(id) || isTarget) continue;
        for (const ends of skips(id))
          expect(
            ids
              .slice(0, index)
              .some(
                (other) =>
                  ends.get(other)?.state === "skipped" &&
                  skips(other).every((run) => run.get(id)?.state === "skipped"),
              ),
          ).toBe(true);
      }
    }),
    { numRuns: 200, seed: 4711 },
  );
  expect(reported).toBeGreaterThan(2);
});
