/**
 * A worker process for tests that kill it: `node --import tsx kill-worker.ts <queue>`, with DATABASE_URL. With
 * HANG the function of the workflow that probes a circuit does not return.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import { queueTable } from "../../absurd/connection/sql.ts";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import type { Workflow } from "../model/workflow.ts";
import type { FunctionCall } from "../run/functions.ts";
import { registerHighway } from "../run/worker.ts";
import { playFunctions } from "./bench.ts";
import { buildEverything, playEverything } from "./everything.ts";
import { buildChild, buildNewFeatures, buildProbe, playNewFeatures } from "./new-features.ts";

const queue = process.argv[2] ?? "";
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const app = new Absurd({ db: pool, queueName: queue });
registerHighway(app, {
  db: pool,
  queue,
  heartbeatSeconds: 0.3,
  recovery: { maxAttempts: 200, baseSeconds: 0, maxSeconds: 0 },
  functions: { ...play(buildEverything(), playEverything), ...playNew(), ...playProbe() },
});
await app.startWorker({
  concurrency: 3,
  claimTimeout: 1,
  pollInterval: 0.05,
  fatalOnLeaseTimeout: false,
});
console.log("ready");

/** Plays the functions of a workflow, and records each call and whether its value was already recorded. */
function play(workflow: Workflow, answer: (id: string, call: FunctionCall) => unknown) {
  return playFunctions(workflow, async (id, call) => {
    await pool.query(
      `insert into function_call (path, was_recorded)
       select $1, exists (select from ${queueTable("c", queue)} c
                            join ${queueTable("t", queue)} t using (task_id)
                           where checkpoint_name = $2 and headers ->> 'workflow_run_id' = $3)`,
      [call.idempotencyKey, getRecordName(call), call.workflowRunId],
    );
    await pause(20);
    return answer(id, call);
  });
}

/** The checkpoint in which a call's value is recorded. */
function getRecordName({ path, idempotencyKey }: FunctionCall): string {
  const [, turn, kind] = /:(\d+):([gv])$/.exec(idempotencyKey) ?? [];
  return turn === undefined
    ? path
    : `${path}/turn/${turn}/${kind === "g" ? "generated" : "verified"}`;
}

function playProbe() {
  return play(buildProbe(), async (id) => {
    if (process.env.HANG) await pause(3_600_000);
    return id;
  });
}

function playNew() {
  const calls = [buildNewFeatures(), buildChild()].map((one) => play(one, playNewFeatures));
  const turns = play(
    new WorkflowBuilder("turns").task("draft", "write").task("again", "judge").build(),
    (_, call) => playNewFeatures("draft", call),
  );
  return Object.assign({}, ...calls, turns);
}
