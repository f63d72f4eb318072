import { describe, expect, test } from "vitest";
import { WorkflowBuilder } from "../../builder/workflow-builder.ts";
import { parseWorkflow } from "../../language/parse.ts";
import { listNotExecuted } from "../executable.ts";
import { validateWorkflow } from "./validate.ts";

const task = (task_id: string, fields: object = {}) => ({
  task_id,
  operator_type: "task",
  function: "f",
  ...fields,
});

/** Problems of a workflow with these tasks, as `path code`. */
function check(tasks: Record<string, unknown>[], fields: object = {}): string[] {
  const entries = tasks.map((one) => [one.task_id, one]);
  const problems = validateWorkflow({
    name: "flow",
    tasks: Object.fromEntries(entries),
    ...fields,
  });
  return problems.map(({ path, code, severity }) => `${severity} ${path} ${code}`);
}

/** Problems of the fields of one task, without its path. */
const checkTask = (fields: object) =>
  check(["operator_type" in fields ? { task_id: "t", ...fields } : task("t", fields)]).map((line) =>
    line.replace("tasks.t.", ""),
  );

describe("rings of handlers", () => {
  const ring = (problems: { code: string; message: string }[]) =>
    problems.filter(({ code }) => code === "handler_ring").map(({ message }) => message);
  const validate = (tasks: Record<string, object>) => validateWorkflow({ name: "flow", tasks });

  test("a ring through operators inside another one is named", () => {
    const branch = { name: "p_one", tasks: { x: task("x", { on_failure_task_id: "h" }) } };
    const [message, ...more] = ring(
      validate({
        p: {
          task_id: "p",
          operator_type: "parallel",
          branches: { one: ["x"] },
          branch_workflows: { one: branch },
        },
        h: task("h", { on_failure_task_id: "p" }),
      }),
    );
    expect(message).toContain("p → x → h → p.");
    expect(more).toEqual([]);
  });

  test("a ring of three is named once", () => {
    const [message, ...more] = ring(
      validate({
        pay: task("pay", { on_failure_task_id: "chat" }),
        chat: task("chat", { on_failure_task_id: "mail" }),
        mail: task("mail", { on_failure_task_id: "chat" }),
      }),
    );
    expect(message).toContain("chat → mail → chat");
    expect(more).toEqual([]);
  });

  test("an operator that handles itself, and two that handle each other by success and failure", () => {
    const [first] = ring(validate({ b: task("b", { on_failure_task_id: "b" }) }));
    expect(first).toContain("b → b");
    const [second] = ring(
      validate({
        a: task("a", { on_failure_task_id: "b" }),
        b: task("b", { on_success_task_id: "a" }),
      }),
    );
    expect(second).toContain("a → b → a");
  });

  test("handlers in a row are not a ring", () => {
    const built = new WorkflowBuilder("flow")
      .task("a", "f")
      .onFailure("b")
      .task("b", "f")
      .onFailure("c")
      .task("c", "f")
      .build();
    expect(ring(validateWorkflow(built))).toEqual([]);
  });
});

test.each([["ten"], ["{{ inputs.rounds }}"], [0], [1.5], [true]])(
  "a limit of rounds of %j is refused",
  (max_iterations) => {
    const loop = { operator_type: "while", condition: "true", loop_body: [task("x")] };
    expect(checkTask({ ...loop, metadata: { max_iterations } })).toEqual([
      "error metadata.max_iterations max_iterations",
    ]);
    expect(checkTask({ ...loop, metadata: { max_iterations: 5 } })).toEqual([]);
  },
);

describe("templates and expressions are parsed", () => {
  test.each(["{{ x | default(0) }}", "{{ }}", "{{ 1 + }}", "$" + "{a b}", "text {{ a..b }}"])(
    "%s in arguments, payloads, events, guards and the fields of the new operators",
    (text) => {
      const places: [object, string][] = [
        [{ args: [1, [text]] }, "args[1][0]"],
        [{ kwargs: { a: { b: text } } }, "kwargs.a.b"],
        [{ idempotency_key: text }, "idempotency_key"],
        [
          { preconditions: [{ variable: "x", check: "exists", message: text }] },
          "preconditions[0].message",
        ],
        [
          { operator_type: "emit_event", event_name: "e{{ run.id }}", payload: { p: text } },
          "payload.p",
        ],
        [{ operator_type: "wait_for_event", event_name: text }, "event_name"],
        [
          {
            operator_type: "reflexive",
            generator: "g",
            verifier: "v",
            generator_kwargs: { p: text },
          },
          "generator_kwargs.p",
        ],
        [
          {
            operator_type: "reflexive",
            generator: "g",
            verifier: "v",
            correction_prompt_template: text,
          },
          "correction_prompt_template",
        ],
        [{ operator_type: "terminate", reason: text }, "reason"],
        [
          {
            operator_type: "child_workflow",
            children: { c: { workflow_name: "other", inputs: { i: text } } },
          },
          "children.c.inputs.i",
        ],
      ];
      for (const [fields, path] of places)
        expect(checkTask(fields)).toEqual([`error ${path} bad_template`]);
    },
  );

  test.each(["", "a == 007", "{{ x | default(0) }} > 1", "a &&  b", "a =="])(
    "%j as a condition, items, a switch and the variable of a guard",
    (text) => {
      const places: [object, string][] = [
        [{ operator_type: "condition", condition: text }, "condition"],
        [{ operator_type: "foreach", items: text, loop_body: [task("x")] }, "items"],
        [{ operator_type: "switch", switch_on: text, cases: { a: "t" } }, "switch_on"],
        [
          { operator_type: "multi_choice", branches: { b: { condition: text } } },
          "branches.b.condition",
        ],
      ];
      for (const [fields, path] of places)
        expect(checkTask(fields)).toContain(`error ${path} bad_expression`);
      expect(checkTask({ postconditions: [{ variable: text, check: "exists" }] })).toEqual([
        `error postconditions[0].variable ${text === "" ? "bad_guard" : "bad_expression"}`,
      ]);
    },
  );

  test("escapes are legal, and a template without an end is a warning", () => {
    expect(checkTask({ args: ["echo $$" + "{HOME} {{{{ x }}", "{ {a} } $5"] })).toEqual([]);
    expect(checkTask({ args: ["{{ x } and $" + "{ y"] })).toEqual([
      "warning args[0] unclosed_template",
    ]);
  });
});

test("a target that also runs after another target of its router is reported", () => {
  const tasks = [
    {
      task_id: "too_odd",
      operator_type: "condition",
      condition: "x",
      if_true: "ask",
      if_false: "load",
    },
    task("ask", { dependencies: ["too_odd"] }),
    task("load", { dependencies: ["ask", "too_odd"] }),
  ];
  expect(check(tasks)).toEqual(["warning tasks.too_odd skipped_target"]);
});

describe("unknown fields", () => {
  const hints = (value: object) =>
    validateWorkflow(value).map(({ path, hint }) => `${path}: ${hint}`);

  test("are warnings with the nearest known field", () => {
    const value = {
      name: "flow",
      shedule: "0 0 * * *",
      tasks: {
        a: task("a", {
          timeuot: 5,
          result_kye: "r",
          depends_on: [],
          preconditions: [{ variable: "x", check: "exists", valeu: 1 }],
          on_failure: "h",
          xyz: 1,
          retry_policy: { delays: 5 },
        }),
        b: {
          task_id: "b",
          operator_type: "wait_for_event",
          event_name: "e{{ run.id }}",
          timeout: 5,
          dependencies: ["a"],
        },
      },
    };
    expect(hints(value)).toEqual([
      "tasks.a.retry_policy.delays: did you mean delay?",
      "tasks.a.preconditions[0].valeu: did you mean value?",
      "tasks.a.timeuot: did you mean timeout_policy?",
      "tasks.a.result_kye: did you mean result_key?",
      "tasks.a.depends_on: did you mean dependencies?",
      "tasks.a.on_failure: did you mean on_failure_task_id?",
      "tasks.a.xyz: undefined",
      "tasks.b.timeout: did you mean timeout_seconds?",
      "shedule: did you mean schedule?",
    ]);
  });

  test("of an unknown operator are not reported", () => {
    expect(check([{ task_id: "a", operator_type: "teleport", to: "mars" }])).toEqual([
      "error tasks.a.operator_type unknown_operator",
    ]);
  });
});

describe("values of another type that the Python package accepts", () => {
  const decode = (fields: string) =>
    parseWorkflow(
      `{name: flow, tasks: {t: {task_id: t, operator_type: foreach, items: "{{ xs }}", ${fields}}}}`,
      { format: "yaml" },
    );

  test.each([
    ["parallel: y", { parallel: true }],
    ["parallel: OFF", { parallel: false }],
    ["parallel: 'T'", { parallel: true }],
    ["parallel: 1", { parallel: true }],
    ["parallel: 0.0", { parallel: false }],
    ["retry_policy: {max_retries: '3.0'}", { retry_policy: { max_retries: 3 } }],
    ["retry_policy: {max_retries: ' 1_0 '}", { retry_policy: { max_retries: 10 } }],
    ["retry_policy: {backoff_factor: 2e0}", { retry_policy: { backoff_factor: 2 } }],
    ["retry_policy: {backoff_factor: '1.5'}", { retry_policy: { backoff_factor: 1.5 } }],
  ])("%s is converted", (fields, expected) => {
    const { workflow, problems } = decode(fields);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(workflow?.tasks.t).toMatchObject(expected);
  });

  test.each([
    "parallel: ' yes'",
    "parallel: 2",
    "parallel: '1.0'",
    "parallel: []",
    "retry_policy: {max_retries: '3.5'}",
    "retry_policy: {max_retries: '1e3'}",
    "retry_policy: {max_retries: true}",
    "retry_policy: {backoff_factor: ''}",
    "retry_policy: {backoff_factor: 'inf'}",
  ])("%s leaves no workflow", (fields) => {
    expect(decode(fields).workflow).toBeUndefined();
  });
});

test.each([
  ["duration:-5", "-PT5S", ["error wait_for negative_delay"]],
  ["duration: 1e1", "PT10S", []],
  ["duration:.5", "PT0.5S", []],
])("a wait for %s is converted to %s", (wait_for, text, problems) => {
  const wait = { task_id: "t", operator_type: "wait", wait_for };
  expect(checkTask(wait)).toEqual(problems);
  const { workflow } = parseWorkflow(JSON.stringify({ name: "flow", tasks: { t: wait } }));
  expect(workflow?.tasks.t).toMatchObject({ wait_for: text });
});

test.each([
  ["00:30:00", "error"],
  ["5m", "error"],
  ["1 day", "error"],
  ["30", "error"],
  ["pt5s", "error"],
  ["2026-02-30", "error"],
  [" ", "error"],
  ["approved", "warning"],
  ["{{ inputs.delay }}", undefined],
  ["PT{{ inputs.minutes }}M", undefined],
  ["$" + "{inputs.day}T06:00:00Z", undefined],
])("a wait for %s is %s", (wait_for, severity) => {
  expect(checkTask({ operator_type: "wait", wait_for })).toEqual(
    severity ? [`${severity} wait_for wait_for_text`] : [],
  );
});

test("a policy that has no effect on a kind of operator is a warning", () => {
  const policies = {
    retry_policy: { max_retries: 1 },
    timeout_policy: { timeout: "PT5S" },
  };
  const wait = { operator_type: "wait", wait_for: "PT1S", ...policies };
  expect(checkTask(wait)).toEqual([
    "warning retry_policy retry_ignored",
    "warning timeout_policy timeout_ignored",
  ]);
  const children = { a: { workflow_name: "one" } };
  expect(checkTask({ operator_type: "child_workflow", children, ...policies })).toEqual([
    "warning timeout_policy timeout_ignored",
  ]);
  expect(checkTask(policies)).toEqual([]);
});

test("an event name without a template is a warning", () => {
  const events = ["emit_event", "wait_for_event"];
  for (const operator_type of events) {
    expect(checkTask({ operator_type, event_name: "paid" })).toEqual([
      "warning event_name fixed_event_name",
    ]);
    for (const event_name of [
      "paid:{{ ENV.STAGE }}",
      "{{ run.name }} {{ run.version }}",
      "{{{{ x }}",
    ])
      expect(checkTask({ operator_type, event_name })).toEqual([
        "warning event_name fixed_event_name",
      ]);
    expect(checkTask({ operator_type, event_name: "paid:{{ run.id }}" })).toEqual([]);
  }
});

test("two tasks of a body with one id are an error", () => {
  const loop_body = [task("x"), task("y", { dependencies: ["x"] }), task("x")];
  expect(check([{ task_id: "l", operator_type: "foreach", items: "[1]", loop_body }])).toContain(
    "error tasks.l.loop_body[2].task_id duplicate_task_id",
  );
});

test("a scope in which nothing starts by itself is a warning", () => {
  const loop_body = [
    task("x", { on_failure_task_id: "y" }),
    task("y", { on_success_task_id: "x" }),
  ];
  expect(
    check([{ task_id: "l", operator_type: "foreach", items: "[1]", loop_body }]).sort(),
  ).toEqual([
    "warning tasks.l.loop_body[0] handler_ring",
    "warning tasks.l.loop_body[0] nothing_starts",
  ]);
});

describe("an event of a loop", () => {
  const within = (kind: "foreach" | "while", event_name: string) => {
    const event = { task_id: "e", operator_type: "emit_event", event_name };
    const branch = { name: "p_b", tasks: { e: event } };
    const parallel = {
      task_id: "p",
      operator_type: "parallel",
      branches: { b: ["e"] },
      branch_workflows: { b: branch },
      dependencies: ["x"],
    };
    const loop_body = [task("x", { result_key: "got" }), parallel];
    const head = kind === "while" ? { condition: "{{ more }}" } : { items: "{{ list }}" };
    return check([{ task_id: "l", operator_type: kind, ...head, loop_body }]);
  };

  test.each(["foreach", "while"] as const)("needs another name in each round of a %s", (kind) => {
    expect(within(kind, "e:{{ run.id }}:{{ list[0] }}")).toEqual([
      "warning tasks.l.loop_body[1].branch_workflows.b.tasks.e.event_name repeated_event_name",
    ]);
    for (const name of ["index", "item.id", "got.id", "x"])
      expect(within(kind, `e:{{ run.id }}:{{ ${name} }}`)).toEqual([]);
  });
});

describe("the fields of 2.2", () => {
  test.each<[string, object, string]>([
    ["an empty variable", { variable: " ", check: "exists" }, "variable"],
    ["a range of a number and a text", { check: "in_range", value: [1, "2"] }, "value"],
    ["a range in the wrong order", { check: "in_range", value: [2, 1] }, "value"],
    ["a pattern that does not compile", { check: "matches_regex", value: "(" }, "value"],
    ["a pattern that is not text", { check: "matches_regex", value: 5 }, "value"],
    ["an unknown type", { check: "type_check", value: "strng" }, "value"],
  ])("a guard with %s is refused", (_, guard, key) => {
    expect(checkTask({ preconditions: [{ variable: "x", ...guard }] })).toEqual([
      `error preconditions[0].${key} bad_guard`,
    ]);
  });

  test("a negative isolation is refused; a breaker on a wait has no effect", () => {
    expect(checkTask({ circuit_breaker_policy: { isolation_duration: -3 } })).toEqual([
      "error circuit_breaker_policy.isolation_duration negative_delay",
    ]);
    expect(checkTask({ operator_type: "wait", wait_for: 5, circuit_breaker_policy: {} })).toEqual([
      "warning circuit_breaker_policy circuit_breaker_ignored",
    ]);
  });

  test("seconds of isolation are another spelling", () => {
    const policy = (fields: object) => {
      const text = JSON.stringify({
        name: "flow",
        tasks: { t: task("t", { circuit_breaker_policy: fields }) },
      });
      return parseWorkflow(text).workflow?.tasks.t?.circuit_breaker_policy?.isolation_duration;
    };
    expect(policy({ isolation_duration_seconds: 90 })).toBe("PT1M30S");
    expect(policy({ isolation_duration_seconds: 90, isolation_duration: 5 })).toBe("PT5S");
    expect(policy({ isolation_duration_seconds: "90" })).toBeUndefined();
  });

  test("children need a workflow's name, and inputs by name", () => {
    const children = {
      a: {},
      b: { workflow_name: "Other" },
      c: { workflow_name: "other", inputs: [1], version: 2 },
    };
    expect(checkTask({ operator_type: "child_workflow", children, timeout_seconds: 0 })).toEqual([
      "error timeout_seconds timeout",
      "error children.a.workflow_name bad_child",
      "error children.b.workflow_name bad_child",
      "error children.c.inputs bad_child",
      "error children.c.version bad_child",
    ]);
    expect(checkTask({ operator_type: "child_workflow" })).toEqual([
      "warning children no_children",
    ]);
  });

  test("a choice that cannot be made is reported", () => {
    expect(checkTask({ operator_type: "multi_choice", branches: {}, timeout: 0 })).toEqual([
      "error timeout timeout",
      "warning branches choice_without_branches",
      "error minimum_branches minimum_unreachable",
    ]);
    const branch = (tasks: string[]) => ({ condition: "x", tasks });
    const inside = (id: string) => ({ name: "t_a", tasks: { [id]: task(id) } });
    expect(
      checkTask({
        operator_type: "multi_choice",
        branches: { a: branch(["x"]), b: branch(["y"]) },
        branch_workflows: { a: inside("z"), c: inside("w") },
      }),
    ).toEqual([
      "warning branch_workflows.a branch_mismatch",
      "warning branches.b branch_mismatch",
      "warning branch_workflows.c branch_mismatch",
      "error branches.b.tasks[0] unknown_target",
    ]);
  });

  test("branches of a choice are scopes", () => {
    const branch_workflows = {
      a: {
        name: "t_a",
        deadline_seconds: 5,
        tasks: {
          x: task("x", { dependencies: ["y"] }),
          y: task("y", { dependencies: ["x", "no"] }),
        },
      },
    };
    const lines = checkTask({
      operator_type: "multi_choice",
      branches: { a: { condition: "true", tasks: ["x", "y"] } },
      branch_workflows,
    });
    expect(lines.map((line) => line.replace("branch_workflows.a.", ""))).toEqual([
      "warning deadline_seconds branch_deadline_ignored",
      "error tasks.y.dependencies[1] unknown_dependency",
      "error tasks.x cycle",
      "error tasks.y cycle",
    ]);
  });

  test("operators after a terminate never run, unless something else leads to them", () => {
    const tasks = [
      { task_id: "c", operator_type: "condition", condition: "x", if_true: "end", if_false: "go" },
      { task_id: "end", operator_type: "terminate", dependencies: ["c"] },
      task("go", { dependencies: ["c"] }),
      task("after", { dependencies: ["end"] }),
      task("later", { dependencies: ["after"] }),
      task("both", { dependencies: ["end", "go"] }),
    ];
    expect(check(tasks)).toEqual([
      "warning tasks.after after_terminate",
      "warning tasks.later after_terminate",
    ]);
  });

  test("a dynamic loop is a warning; deadlines must be positive", () => {
    const loop = { operator_type: "foreach", items: "[1]", loop_body: [task("x")], dynamic: true };
    expect(checkTask(loop)).toEqual(["warning dynamic dynamic_unsupported"]);
    const [problem] = validateWorkflow({ name: "flow", deadline_seconds: -1 });
    expect(problem?.message).toBe("deadline_seconds must be positive (got -1)");
  });
});

test("features that are not executed are refused at the start, with their paths", () => {
  const workflow = new WorkflowBuilder("flow")
    .foreach("each", "[1]", (body) => body.task("inner", "f"), { dynamic: true })
    .wait("later", "tomorrow")
    .wait("then", "{{ inputs.day }}T06:00:00Z")
    .build();
  expect(listNotExecuted(workflow)).toEqual([
    {
      path: "tasks.each.dynamic",
      code: "not_executed",
      severity: "error",
      message: "Operator 'each' is dynamic: items cannot be added to a loop that runs here.",
    },
    {
      path: "tasks.later.wait_for",
      code: "not_executed",
      severity: "error",
      message: "Operator 'later' waits for a text that is neither a duration nor a time.",
    },
  ]);
});

test("a thousand tasks may share one anchor, but not expand without bound", () => {
  const tasks = Array.from(
    { length: 1000 },
    (_, index) => `  t${index}: {<<: *t, task_id: t${index}, kwargs: *k}`,
  );
  const head = "x-task: &t {operator_type: task, function: f}\nx-kwargs: &k {a: [1, 2]}";
  const shared = parseWorkflow(`name: flow\n${head}\ntasks:\n${tasks.join("\n")}\n`);
  expect(shared.problems.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(Object.keys(shared.workflow?.tasks ?? {})).toHaveLength(1000);
  const levels = Array.from(
    { length: 20 },
    (_, level) => `  l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(", ")}]`,
  );
  const bomb = parseWorkflow(`name: flow\nvariables:\n  l0: &l0 [1]\n${levels.join("\n")}\n`);
  expect(bomb.problems).toMatchObject([{ code: "too_large" }]);
  expect(parseWorkflow("name: flow\nvariables: &v {a: *v}\n").problems).toMatchObject([
    { code: "too_deep" },
  ]);
});

describe("thousands of operators", () => {
  const many = 5_000;
  const list = (fields: (index: number) => object) =>
    Array.from({ length: many }, (_, index) => task(`t${index}`, fields(index)));
  const count = (lines: string[], code: string) =>
    lines.filter((line) => line.endsWith(` ${code}`)).length;

  test("every operator on a cycle is reported, and no other", () => {
    const cycle = list((index) => ({ dependencies: [`t${(index + 1) % many}`] }));
    const after = task("after", { dependencies: ["t0"] });
    expect(count(check([...cycle, after]), "cycle")).toBe(many);
  });

  test("operators after a terminate never run, even if they are listed before it", () => {
    const end = { task_id: "end", operator_type: "terminate" };
    const before = list((index) => ({
      dependencies: [index + 1 < many ? `t${index + 1}` : "end"],
    }));
    expect(count(check([...before, end]), "after_terminate")).toBe(many);
  });

  test("a ring of handlers is reported once, and its first handlers are named", () => {
    const tasks = list((index) => ({ on_failure_task_id: `t${(index + 1) % many}` }));
    const rings = validateWorkflow({
      name: "flow",
      tasks: Object.fromEntries(tasks.map((one) => [one.task_id, one])),
    }).filter(({ code }) => code === "handler_ring");
    expect(rings.map(({ path }) => path)).toEqual(["tasks.t0"]);
    expect(rings[0]?.message).toContain("t98 → t99 → ….");
  });

  test("every unknown member of a join is reported", () => {
    const join_tasks = Array.from({ length: many }, (_, index) => `unknown${index}`);
    const join = { task_id: "j", operator_type: "join", join_tasks };
    expect(count(check([...list(() => ({})), join]), "unknown_join_task")).toBe(many);
  });

  test("similar fields are suggested only for the first unknown ones", () => {
    const wrong = Array.from({ length: many }, (_, index) => [`dependencie${index}`, 1]);
    const problems = validateWorkflow({
      name: "flow",
      tasks: { t: task("t", Object.fromEntries(wrong)) },
    }).filter(({ code }) => code === "unknown_field");
    expect(problems).toHaveLength(many);
    expect(problems[0]?.hint).toBe("did you mean dependencies?");
    expect(problems.filter(({ hint }) => hint !== undefined)).toHaveLength(100);
    const each = list((index) => ({ [`dependencie${index}`]: 1 }));
    const found = validateWorkflow({
      name: "flow",
      tasks: Object.fromEntries(each.map((one) => [one.task_id, one])),
    }).filter(({ code }) => code === "unknown_field");
    expect(found.filter(({ hint }) => hint !== undefined)).toHaveLength(100);
  });
});
