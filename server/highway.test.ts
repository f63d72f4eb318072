/** The command line. One test runs it as a process; the others call it in this process, where it starts at once. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { getTaskStatus } from "@/lib/absurd/tasks/tasks";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { forgetEnvironment } from "@/lib/db/env";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { runHighway } from "./highway";

const FIXTURES = path.resolve("lib/highway/fixtures");
const fixture = (file: string) => path.join(FIXTURES, file);
const read = (file: string) => readFileSync(fixture(file), "utf8");

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Result = { stdout: string; stderr: string; exitCode: number };

/** Runs one command. Not concurrently, because commands would share this process's output. */
async function highway(
  args: string[],
  { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Result> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const { stdin } = process;
  const spies = [
    vi.spyOn(console, "log").mockImplementation((text: string) => void stdout.push(`${text}\n`)),
    vi.spyOn(console, "error").mockImplementation((text: string) => void stderr.push(`${text}\n`)),
    vi.spyOn(process.stdout, "write").mockImplementation((text) => stdout.push(String(text)) > 0),
  ];
  Object.defineProperty(process, "stdin", { value: Readable.from([input]), configurable: true });
  for (const [name, value] of Object.entries({ DATABASE_URL: database.url, DATABASES: "", ...env }))
    vi.stubEnv(name, value);
  forgetEnvironment();
  try {
    process.exitCode = undefined;
    await runHighway(args);
    const exitCode = Number(process.exitCode ?? 0);
    return { stdout: stdout.join("").trimEnd(), stderr: stderr.join("").trimEnd(), exitCode };
  } finally {
    process.exitCode = undefined;
    vi.unstubAllEnvs();
    forgetEnvironment();
    Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
    for (const spy of spies) spy.mockRestore();
  }
}

async function highwayEach(commands: string[][], options = {}): Promise<Result[]> {
  const results: Result[] = [];
  for (const args of commands) results.push(await highway(args, options));
  return results;
}

test("the command reads standard input and ends with an exit code", async () => {
  const run = (input: string) =>
    execa("npm", ["run", "-s", "highway", "--", "validate", "-"], { reject: false, input });
  const task = "{task_id: a, operator_type: task, function: f}";
  expect(await run(`name: flow\ntasks: {a: ${task}}\n`)).toMatchObject({
    stdout: "flow 2.0.0 is valid.",
    exitCode: 0,
  });
  expect(await run("name: A\n")).toMatchObject({ stdout: "", exitCode: 1 });
}, 60_000);

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

test("validate reports position, problem and remedy of an error", async () => {
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

test("a file that cannot be read is named", async () => {
  expect(await highway(["validate", "none.yaml"])).toEqual({
    ...{ stdout: "", stderr: "error none.yaml cannot be read (ENOENT).", exitCode: 1 },
  });
});

test("json, yaml, mermaid and dot convert", async () => {
  const file = fixture("workflows/ticket-triage.yaml");
  const json = await highway(["json", file]);
  const mermaid = await highway(["mermaid", file]);
  const rich = await highway(["mermaid", "--rich", file]);
  const nested = await highway(["mermaid", "--style", "nested", file]);
  const dot = await highway(["dot", file]);
  expect(JSON.parse(json.stdout)).toEqual(JSON.parse(read("2.2/expected/ticket-triage.json")));
  expect(`${mermaid.stdout}\n`).toBe(read("expected/ticket-triage.from-yaml.mmd"));
  expect(rich.stdout).toContain("by_severity --> escalate : critical");
  expect(nested.stdout).toContain('state "Route by severity (Switch)" as by_severity');
  expect(`${dot.stdout}\n`).toBe(read("2.2/expected/ticket-triage.from-yaml.dot"));
  const yaml = await highway(["yaml", "-"], { input: json.stdout });
  const again = await highway(["json", "-"], { input: yaml.stdout });
  expect(again.stdout).toBe((await highway(["json", file])).stdout);
});

test("build makes a workflow from builder calls", async () => {
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

test("an invalid workflow is converted with its problems on stderr, but not stored or run", async () => {
  const input = [
    "name: rings",
    "tasks:",
    "  a: {task_id: a, operator_type: task, function: f, dependencies: [b, nowhere]}",
    "  b: {task_id: b, operator_type: teleport, dependencies: [a, b], on_failure_task_id: ghost}",
  ].join("\n");
  const converted = await highwayEach(
    [
      ["json", "-"],
      ["yaml", "-"],
      ["mermaid", "-"],
      ["mermaid", "--style", "nested", "-"],
      ["mermaid", "--rich", "-"],
      ["dot", "-"],
    ],
    { input },
  );
  expect(converted.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
  for (const { stdout, stderr } of converted) {
    expect(stdout).not.toBe("");
    expect(stderr).toContain("'nowhere', which does not exist");
    expect(stderr).toContain("Unknown operator type: teleport");
  }
  const refused = await highwayEach(
    [
      ["validate", "-"],
      ["store", "-"],
      ["run", "-", "--queue", "q"],
    ],
    { input },
  );
  expect(refused.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
    [1, ""],
    [1, ""],
    [1, ""],
  ]);
  const nameless = await highway(["json", "-"], { input: "name: A\ntasks: {}\n" });
  expect(nameless).toMatchObject({ exitCode: 1, stdout: "" });
});

test("build warns about a call without effect", async () => {
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

test("the database is set by a flag, the environment or the file, and can be chosen from several", async () => {
  const file = fixture("workflows/ticket-triage.yaml");
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-highway-"));
  const config = path.join(folder, "dashboard.yaml");
  const nowhere = "postgresql://nobody@127.0.0.1:9/none";
  const several = {
    DATABASE_URL: "",
    DATABASES: JSON.stringify([
      { name: "eu", url: nowhere },
      { name: "us", url: database.url },
    ]),
  };
  try {
    await writeFile(config, `database_url: ${database.url}\n`);
    await writeFile(path.join(folder, "secret"), `${database.url}\n`);
    const secret = { DATABASE_URL: "", DATABASE_URL_FILE: path.join(folder, "secret") };
    for (const [args, env] of [
      [["-d", database.url], { DATABASE_URL: nowhere }],
      [["--config", config], { DATABASE_URL: "" }],
      [[], secret],
      [["--database", "us"], several],
    ] as const)
      expect(await highway(["store", file, ...args], { env })).toMatchObject({
        stdout: expect.stringMatching(/^definition \S+ of ticket_triage/),
        exitCode: 0,
      });
    for (const [args, env, message] of [
      [[], several, "There are several databases: eu, us. Choose one with --database."],
      [["--database", "asia"], several, 'There is no database "asia". DATABASES has eu, us.'],
      [[], { DATABASE_URL: "" }, "DATABASE_URL"],
      [[], { DATABASE_URL: "mysql://x" }, "DATABASE_URL"],
      [["--config", path.join(folder, "none.yaml")], {}, "file cannot be read (ENOENT)"],
      [[], { DATABASE_URL: nowhere }, "Nothing accepts connections"],
    ] as const) {
      const refused = await highway(["store", file, ...args], { env });
      expect(refused).toMatchObject({ stdout: "", exitCode: 1 });
      expect(refused.stderr).toContain(message);
      expect(refused.stderr).not.toMatch(/\n\s+at /);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
