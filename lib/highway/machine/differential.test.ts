/**
 * Random workflows, run by the interpreter: after every execution, the replay of the records shows the states of
 * the interpreter's own scopes. ABSURD_LONG runs many more of them.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { createQueue } from "../../absurd/queues/queues.ts";
import { isActive } from "../../model/states.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import type { FunctionCall } from "../run/functions.ts";
import type { ScopeObserver } from "../run/run.ts";
import { getRunRecords } from "../run/run-records.ts";
import { storeWorkflow } from "../run/store.ts";
import { Bench } from "../testing/bench.ts";
import { CHILD, runnableWorkflow } from "../testing/runnable-workflow.ts";
import { pathOfKey } from "./entry-names.ts";
import { replayRun } from "./replay.ts";

let database: TestDatabase;
let queues = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  const child = new WorkflowBuilder(CHILD).task("a", "f").wait("rest", 0.1).activity("b", "f");
  await storeWorkflow(database.pool, child.build());
});
afterAll(() => database.drop());

type States = Map<string, string>;

type Made = typeof runnableWorkflow extends fc.Arbitrary<infer T> ? T : never;

async function compare({ workflow, isFailing, judge }: Made): Promise<void> {
  const queue = `differential ${++queues}`;
  await createQueue(database.pool, queue);
  const interpreted: States = new Map();
  const terminated = new Set<string>();
  let seenAt = 0;
  const observe: ScopeObserver = ({ workflowRunId: id, base, scope, machine, now }) => {
    // Child workflows are separate runs.
    if (id !== workflowRunId) return;
    seenAt = now.getTime();
    const operators = [...scope.operators.values()];
    const handlers = new Set(
      operators.flatMap((one) => [one.on_success_task_id, one.on_failure_task_id]),
    );
    if (machine.isTerminated) terminated.add(base);
    for (const id of scope.operators.keys()) {
      const state = machine.states.get(id);
      // A handler may have run, with a trace that shows it, while it is undecided whether it will run again.
      if (state !== undefined || !handlers.has(id))
        interpreted.set(pathOfKey(base, id), state ?? "undecided");
    }
    // The bodies of a terminated scope are abandoned at once; their later observations do not count.
    for (const [at, state] of interpreted)
      if (describe(state) === "open" && [...terminated].some((one) => isInside(at, one)))
        interpreted.set(at, "skipped");
  };
  const called = new Set<string>();
  const twice: string[] = [];
  const note = ({ idempotencyKey, attempt }: FunctionCall) => {
    const call = `${idempotencyKey} ${attempt}`;
    if (called.has(call)) twice.push(call);
    called.add(call);
  };
  const f = (call: FunctionCall) => {
    note(call);
    if (isFailing(call.path, call.attempt)) throw new Error("no");
    return call.path;
  };
  const verify = (call: FunctionCall) => {
    note(call);
    return judge(call.idempotencyKey.slice(call.workflowRunId.length));
  };
  const bench = new Bench(database.pool, queue, { functions: { f, judge: verify }, observe });
  const { taskId, workflowRunId } = await bench.start(workflow);
  bench.afterExecution = async () => {
    const records = { ...(await getRunRecords(database.pool, queue, workflowRunId)), now: seenAt };
    const traces = replayRun(workflow, records);
    const shown: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const [at, state] of interpreted) {
      const trace = traces.get(at);
      // A handler that ran for several operators has a trace for each, but a single state here.
      if (!trace || trace.isSuperseded) continue;
      // A deadline ends a run between two checks of its scopes.
      if (!isActive(records.root) && describe(state) === "open" && trace.inferred) continue;
      expected[at] = describe(state);
      shown[at] = describe(trace.state);
    }
    interpreted.clear();
    expect(shown).toEqual(expected);
  };
  const result = await bench.finish(taskId, (event) =>
    event.endsWith(":never") || event.endsWith(":sent") ? "time out" : undefined,
  );
  expect(twice).toEqual([]);
  const traces = replayRun(workflow, await getRunRecords(database.pool, queue, workflowRunId));
  const { operators } = result as { operators: Record<string, string> };
  const shown = [...traces.values()].filter(({ isSuperseded }) => !isSuperseded);
  for (const { instance, state, inferred } of shown) {
    const end = operators[instance.replace(/@.*/, "")];
    // A handler reports the worst of its runs.
    if (end === undefined || instance.includes("@")) continue;
    // A run that ends early reports unfinished operators as skipped.
    const isStopped = inferred && state === "cancelled" && end === "skipped";
    if (!isStopped) expect({ instance, state }).toEqual({ instance, state: end });
  }
}

function isInside(path: string, base: string): boolean {
  return base === "" || (path.startsWith(base) && /^[/.[~]/.test(path.slice(base.length)));
}

/**
 * Open states differ in how much they show about the task: the interpreter only sees that an operator has not
 * ended.
 */
function describe(state: string): string {
  return ["running", "sleeping", "pending", "undecided"].includes(state) ? "open" : state;
}

test("the interpreter and the replay agree after every execution", async () => {
  await fc.assert(fc.asyncProperty(runnableWorkflow, compare), {
    numRuns: process.env.ABSURD_LONG ? 1000 : 40,
    ...(process.env.ABSURD_LONG ? {} : { seed: 4711 }),
    endOnFailure: true,
  });
}, 7_200_000);
