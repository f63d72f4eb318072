/** The command line, as a user runs it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { getTaskStatus } from "@/lib/absurd/tasks/tasks";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { createTestDatabase, type TestDatabase } from "@/testing/database";

const FIXTURES = path.resolve("lib/highway/fixtures");
const fixture = (file: string) => path.join(FIXTURES, file);
const read = (file: string) => readFileSync(fixture(file), "utf8");

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const highway = (args: string[], options: { input?: string } = {}) =>
  execa("npm", ["run", "-s", "highway", "--", ...args], {
    reject: false,
    env: { DATABASE_URL: database.url },
    ...options,
  });

test("validate accepts a workflow and prints its warnings", async () => {
  const { stdout, stderr, exitCode } = await highway([
    "validate",
    fixture("workflows/upstream-complex-agentic.yaml"),
  ]);
  expect({ stdout, exitCode }).toEqual({
    stdout: "customer_support_agent_v2 2.0.0 is valid.",
    exitCode: 0,
  });
  expect(stderr).toContain("warning tasks.process_all_tasks.loop_body: is empty");
});

test("validate refuses with the place, the mistake and the remedy", async () => {
  const input =
    "name: flow\ntasks:\n  a: {task_id: a, operator_type: task, function: f, dependencies: [b]}\n";
  const { stdout, stderr, exitCode } = await highway(["validate", "-"], { input });
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: "",
    stderr:
      "error tasks.a.dependencies[0]: Task 'a' depends on 'b', which does not exist (name a task of the same level)",
    exitCode: 1,
  });
});

test("json, yaml, mermaid and dot convert", async () => {
  const file = fixture("workflows/ticket-triage.yaml");
  const [json, mermaid, rich, nested, dot] = await Promise.all([
    highway(["json", file]),
    highway(["mermaid", file]),
    highway(["mermaid", "--rich", file]),
    highway(["mermaid", "--style", "nested", file]),
    highway(["dot", file]),
  ]);
  expect(JSON.parse(json.stdout)).toEqual(JSON.parse(read("2.2/expected/ticket-triage.json")));
  expect(`${mermaid.stdout}\n`).toBe(read("expected/ticket-triage.from-yaml.mmd"));
  expect(rich.stdout).toContain("by_severity --> escalate : critical");
  expect(nested.stdout).toContain('state "Route by severity (Switch)" as by_severity');
  expect(`${dot.stdout}\n`).toBe(read("2.2/expected/ticket-triage.from-yaml.dot"));
  const yaml = await highway(["yaml", "-"], { input: json.stdout });
  const again = await highway(["json", "-"], { input: yaml.stdout });
  expect(again.stdout).toBe((await highway(["json", file])).stdout);
}, 120_000);

test("build makes a workflow of builder calls", async () => {
  const { stdout } = await highway([
    "build",
    fixture("builder/invoice-sync.yaml"),
    "--format",
    "json",
  ]);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(read("2.2/expected/invoice-sync.json")));
  const bad = await highway(["build", "-"], { input: "name: x\nsteps: [{op: constructor}]\n" });
  expect(bad).toMatchObject({ stdout: "", exitCode: 1 });
  expect(bad.stderr).toContain("error steps[0].op: names no builder call");
});

test("what does not validate is converted, with its problems on stderr, but not stored or run", async () => {
  const input = [
    "name: rings",
    "tasks:",
    "  a: {task_id: a, operator_type: task, function: f, dependencies: [b, nowhere]}",
    "  b: {task_id: b, operator_type: teleport, dependencies: [a, b], on_failure_task_id: ghost}",
  ].join("\n");
  const converted = await Promise.all(
    [
      ["json"],
      ["yaml"],
      ["mermaid"],
      ["mermaid", "--style", "nested"],
      ["mermaid", "--rich"],
      ["dot"],
    ].map((command) => highway([...command, "-"], { input })),
  );
  expect(converted.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
  for (const { stdout, stderr } of converted) {
    expect(stdout).not.toBe("");
    expect(stderr).toContain("'nowhere', which does not exist");
    expect(stderr).toContain("Unknown operator type: teleport");
  }
  const refused = await Promise.all(
    [
      ["validate", "-"],
      ["store", "-"],
      ["run", "-", "--queue", "q"],
    ].map((args) => highway(args, { input })),
  );
  expect(refused.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
    [1, ""],
    [1, ""],
    [1, ""],
  ]);
  const nameless = await highway(["json", "-"], { input: "name: A\ntasks: {}\n" });
  expect(nameless).toMatchObject({ exitCode: 1, stdout: "" });
}, 120_000);

test("a call without effect is a warning of build", async () => {
  const input =
    "name: late\nsteps:\n- {op: on_failure, task: x}\n- {op: wait, id: w, wait_for: {duration: PT5S}}\n- {op: retry}\n";
  const { stderr, exitCode } = await highway(["build", "-"], { input });
  expect(exitCode).toBe(0);
  expect(stderr).toContain("warning steps[0]: onFailure() needs an operator before it.");
  expect(stderr).toContain("warning steps[2]: retry() applies to task, activity and reflexive");
});

test("run starts a workflow on a queue", async () => {
  await createQueue(database.pool, "flows");
  const file = fixture("workflows/vendor-handshake.yaml");
  const { stdout, exitCode } = await highway([
    "run",
    file,
    "--queue",
    "flows",
    "--inputs",
    '{"vendor": "v"}',
  ]);
  expect(exitCode).toBe(0);
  const [, run = "", task = ""] = /^workflow run (\S+), task (\S+)$/.exec(stdout) ?? [];
  expect(await getWorkflowRun(database.pool, run)).toMatchObject({
    workflowName: "vendor_handshake",
    status: "pending",
    inputs: { vendor: "v" },
  });
  expect(await getTaskStatus(database.pool, "flows", task)).toMatchObject({
    taskName: "highway.workflow.run",
    headers: { workflow_run_id: run },
  });
  const refused = await highway(["run", file, "--queue", "nowhere", "--inputs", '{"vendor": "v"}']);
  expect(refused).toMatchObject({
    stdout: "",
    stderr: 'error Queue "nowhere" does not exist.',
    exitCode: 1,
  });
  const incomplete = await highway(["run", file, "--queue", "flows"]);
  expect(incomplete).toMatchObject({ exitCode: 1, stderr: "error Missing inputs: vendor." });
  const unread = await highway(["run", file, "--queue", "flows", "--inputs", "[1]"]);
  expect(unread).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("--inputs must be"),
  });
});
