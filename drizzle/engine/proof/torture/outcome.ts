import type { Client } from "pg";
import { groupBy } from "../group-by";
import { findViolations } from "../invariants";
import type { RunRow, Snapshot } from "../model/rows";
import { getSnapshot } from "../snapshot";
import { EXPECTED } from "./tasks";
import { QUEUE, type Spawned } from "./torture";

export type Outcome = {
  /** One sentence per violation. */
  violations: string[];
  /** Runs that ended because their worker died; shows that the kills had an effect. */
  abandonedRuns: number;
  runs: number;
  checkpoints: number;
};

/** Checks the rows that the torture test left in the database. */
export async function checkOutcome(client: Client, spawned: Spawned[]): Promise<Outcome> {
  const rows = await getSnapshot(client, QUEUE, true);
  const { rows: effects } = await client.query<{ task_id: string; step: string; times: number }>(
    "select task_id, step, count(*)::int as times from effects group by task_id, step",
  );
  const reasons = rows.runs.filter((run) => run.state === "failed").map(getReason);
  const steps = groupBy(effects, (effect) => effect.task_id);
  return {
    violations: [
      ...findViolations(rows),
      ...spawned.flatMap((task) => faultsOfTask(rows, task, steps.get(task.taskId) ?? [])),
      ...faultsOfEffects(rows, effects),
      ...rows.waits.map((wait) => `a wait of run ${wait.run_id} was left`),
      ...reasons
        .filter((reason) => !["$ClaimTimeout", "stumbled", "doomed"].includes(reason))
        .map((reason) => `a run failed with ${reason}`),
      ...(rows.tasks.length === spawned.length ? [] : [`${rows.tasks.length} tasks exist`]),
    ],
    abandonedRuns: reasons.filter((reason) => reason === "$ClaimTimeout").length,
    runs: rows.runs.length,
    checkpoints: rows.checkpoints.length,
  };
}

function faultsOfTask(rows: Snapshot, { taskId, kind, index }: Spawned, done: { step: string }[]) {
  const task = rows.tasks.find((row) => row.task_id === taskId);
  const { state, steps } = EXPECTED[kind];
  const violations: string[] = [];
  if (task?.state !== state) violations.push(`task ${index} (${kind}) is ${task?.state}`);
  if (state === "completed" && task?.completed_payload !== `{"index":${index}}`)
    violations.push(`task ${index} (${kind}) returned ${task?.completed_payload}`);
  const unknown = done.filter(({ step }) => !steps.includes(step));
  if (unknown.length > 0) violations.push(`task ${index} (${kind}) took unknown steps`);
  // Kills can use up the few attempts of a doomed task before its first step.
  if (kind !== "doomed" && done.length !== steps.length)
    violations.push(`task ${index} (${kind}) took ${done.length} of ${steps.length} steps`);
  return violations;
}

function faultsOfEffects(
  rows: Snapshot,
  effects: { task_id: string; step: string; times: number }[],
): string[] {
  const taken = new Set(effects.map(({ task_id, step }) => `${task_id} ${step}`));
  const known = new Set(rows.checkpoints.map((row) => `${row.task_id} ${row.checkpoint_name}`));
  const steps = new Set(Object.values(EXPECTED).flatMap((expected) => expected.steps));
  return [
    ...effects
      .filter(({ times }) => times !== 1)
      .map(({ task_id, step, times }) => `step ${step} of ${task_id} took effect ${times} times`),
    ...[...taken].filter((key) => !known.has(key)).map((key) => `${key} has no checkpoint`),
    ...rows.checkpoints
      .filter((row) => steps.has(row.checkpoint_name))
      .map((row) => `${row.task_id} ${row.checkpoint_name}`)
      .filter((key) => !taken.has(key))
      .map((key) => `${key} has a checkpoint and no effect`),
  ];
}

function getReason(run: RunRow): string {
  const reason = JSON.parse(run.failure_reason ?? "{}");
  return reason.name === "Error" ? reason.message : String(reason.name);
}
