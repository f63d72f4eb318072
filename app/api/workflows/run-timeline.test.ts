/** The timeline of the interpreter's records, through the route that the run page uses. */

import { beforeAll, expect, test } from "vitest";
import { listRunLimits } from "@/components/workflows/timeline/run-limits";
import {
  countBookkeeping,
  listRunRows,
  listRunTableRows,
  mergeTimelines,
} from "@/components/workflows/timeline/run-rows";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { createWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import { Bench, playFunctions } from "@/lib/highway/testing/bench";
import {
  buildEverything,
  EVERYTHING_INPUTS,
  playEverything,
} from "@/lib/highway/testing/everything";
import type { AnnotatedTask } from "@/lib/highway/view/annotate-tasks";
import type { RunView } from "@/lib/highway/view/run-view";
import type { WorkflowRunDetail } from "@/lib/model/workflow";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as run } from "./[workflowRunId]/route";
import { GET as view } from "./[workflowRunId]/view/route";

const queue = "flows";
const database = openTestDatabase();
const workflow = buildEverything();
let everything: AnnotatedTask[];
let detail: WorkflowRunDetail;

beforeAll(async () => {
  await createQueue(database.pool, queue);
  const functions = playFunctions(workflow, playEverything);
  const bench = new Bench(database.pool, queue, { functions });
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs: EVERYTHING_INPUTS });
  await bench.finish(taskId);
  everything = await listRunTasks(workflowRunId);
  detail = await fetchOf(run, workflowRunId);
});

async function fetchOf<T>(route: typeof run, workflowRunId: string): Promise<T> {
  const request = new Request(`http://localhost:3000/api/workflows/${workflowRunId}`);
  return (await route(request, { params: Promise.resolve({ workflowRunId }) })).json();
}

/** The tasks of a run as the page shows them. */
async function listRunTasks(workflowRunId: string): Promise<AnnotatedTask[]> {
  return (await fetchOf<RunView>(view, workflowRunId)).tasks;
}

const OPEN = { folded: new Set<string>(), bookkeeping: false };
const titles = (tasks: AnnotatedTask[], bookkeeping = false) =>
  listRunRows(tasks, "completed", { ...OPEN, bookkeeping }).map(({ title }) => title);

test("the interpreter's own checkpoints are collapsed by default, and have readable labels", () => {
  const [folded, all] = [titles(everything), titles(everything, true)];
  expect(folded).toEqual(all.filter((title) => folded.includes(title)));
  const notes = all.filter((title) => !folded.includes(title));
  expect(notes.length).toBeGreaterThan(0);
  expect(notes).toEqual(
    expect.arrayContaining([
      "beside starts 2 tasks",
      "each_copy starts 2 tasks",
      "render starts 1 task",
      "2 items of each_line",
      "2 items of each_copy",
      "until_synced, round 0",
      "until_synced, round 1",
      "until_synced, end after 2 rounds",
      "hear begins to wait",
    ]),
  );
  for (const title of all) expect(title).not.toMatch(/\/(tasks|items|round|waiting|inner|retry)\b/);
});

test("steps, waits, pauses and failed attempts with their errors are always shown", () => {
  const rows = listRunRows(everything, "completed", OPEN);
  const find = (title: string) => rows.find((row) => row.title === title);
  for (const title of ["load", "shaky", "until_synced[1]/sync", "each_line[0]/pick"])
    expect(find(title), title).toMatchObject({ span: { kind: "step" } });
  expect(find("shaky, attempt 1")).toMatchObject({
    path: "shaky",
    span: { kind: "failure", error: { name: "Error", message: "not yet" } },
  });
  expect(find("shaky, before attempt 2")).toMatchObject({
    path: "shaky",
    span: { kind: "sleep" },
  });
  expect(find("last_try")).toMatchObject({ span: { kind: "failure" } });
  expect(find("wait for beside.left")).toMatchObject({
    path: "beside",
    span: { kind: "event-wait", end: "exact" },
  });
  // The event had already been emitted.
  expect(find("hear")).toMatchObject({ span: { kind: "step" } });
  expect(find("tell")).toMatchObject({ span: { kind: "step" } });
});

test("every checkpoint has a row and belongs to an operator", () => {
  const rows = listRunRows(everything, "completed", { ...OPEN, bookkeeping: true });
  for (const task of everything) {
    const own = rows.filter((row) => row.kind === "span" && row.task === task);
    const named = own.filter(
      (row) => row.kind === "span" && task.annotations[row.span.id]?.isNamed,
    );
    const recorded = detail.tasks.find((one) => one.task.taskId === task.detail.task.taskId);
    expect(named.length).toBe(recorded?.checkpoints.length);
    for (const row of named) expect(row.path, row.title).not.toBeNull();
  }
});

test("the table matches the timeline, with and without the interpreter's checkpoints", () => {
  const [few, all] = [listRunTableRows(everything, false), listRunTableRows(everything, true)];
  expect(all.length - few.length).toBe(countBookkeeping(everything));
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  const names = few.map(({ name }) => name);
  for (const row of listRunRows(everything, "completed", OPEN))
    if (row.kind === "span" && row.task.annotations[row.span.id]?.isNamed)
      expect(
        names.some((name) => name?.startsWith(row.title)),
        row.title,
      ).toBe(true);
  expect(names).toContain("shaky, attempt 2: Error: not yet");
});

test("steps of other programs keep their names", async () => {
  const { taskId } = await spawnTask(database.pool, queue, "own-program", {});
  const id = await createWorkflowRun(database.pool, queue, {
    workflowName: "everything",
    workflowVersion: "1",
    absurdTaskId: taskId,
  });
  await database.pool.query(
    `insert into absurd.c_flows (task_id, checkpoint_name, state, owner_run_id, updated_at)
     select task_id, 'each_copy/items', '[1]', run_id, clock_timestamp() + interval '1 second' from absurd.r_flows where task_id = $1`,
    [taskId],
  );
  expect(titles(await listRunTasks(id))).not.toContain("1 item of each_copy");
  const [root] = await listRunTasks(id);
  expect(root && countBookkeeping([root])).toBe(0);
});

test("the deadline of a run and an open circuit of its operators are limits of its timeline", async () => {
  const flow = new WorkflowBuilder("limited", { deadlineSeconds: 3600 })
    .task("pay", "refuse", {
      circuitBreakerPolicy: { failureThreshold: 1, isolationDuration: 1800 },
      retryPolicy: { maxRetries: 3, delay: 600 },
    })
    .build();
  const refuse = () => {
    throw new Error("503");
  };
  await createQueue(database.pool, "limits");
  const bench = new Bench(database.pool, "limits", { functions: { refuse } });
  const { workflowRunId } = await bench.start(flow);
  await bench.app.workBatch("bench", 60, 1);
  const { deadline, operators, tasks, now } = await fetchOf<RunView>(view, workflowRunId);
  const timeline = mergeTimelines(tasks, Date.parse(now));
  expect(listRunLimits({ deadline, operators }, timeline)).toMatchObject([
    { title: "deadline", until: Date.parse(deadline ?? ""), certainty: "planned" },
    { title: "pay: circuit open", path: "pay", certainty: "planned" },
  ]);
});
