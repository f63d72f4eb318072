import { groupBy } from "./group-by";
import { isActive, type RunRow, type Snapshot, type TaskRow } from "./model/rows";

/** The invariants of data that was written only through the functions. Returns one sentence per violation. */
export function findViolations({ tasks, runs, waits }: Snapshot): string[] {
  const runsOf = groupBy(runs, (run) => run.task_id);
  const runById = new Map(runs.map((run) => [run.run_id, run]));
  const taskIds = new Set(tasks.map((task) => task.task_id));
  return [
    ...tasks.flatMap((task) => listViolations(task, runsOf.get(task.task_id) ?? [])),
    ...runs.flatMap((run) => [
      ...(taskIds.has(run.task_id) ? [] : [`run ${run.run_id} has no task`]),
      ...leaseViolation(run),
    ]),
    ...waits
      .filter((wait) => runById.get(wait.run_id)?.state !== "sleeping")
      .map((wait) => `a wait of run ${wait.run_id}, which does not sleep`),
    ...repeated(waits.map((wait) => wait.run_id)).map((run) => `run ${run} waits twice`),
  ];
}

function listViolations(task: TaskRow, runs: RunRow[]): string[] {
  const found: string[] = [];
  const active = runs.filter(isActive);
  const last = runs.find((run) => run.run_id === task.last_attempt_run);
  const say = (what: string) => found.push(`task ${task.task_id} ${what}`);

  if (active.length > 1) say(`has ${active.length} active runs`);
  for (const run of active) {
    if (run.run_id !== task.last_attempt_run) say("has an active run that is not its last");
    if (run.attempt !== task.attempts) say("has an active run that is not its newest attempt");
  }
  if (!last) say("has no last run");
  else if (last.state !== task.state) {
    const stoppedByDuration = task.state === "cancelled" && last.state === "failed";
    if (!stoppedByDuration) say(`is ${task.state} while its last run is ${last.state}`);
  }
  const attempts = runs.map((run) => run.attempt).sort((a, b) => a - b);
  if (attempts.some((attempt, index) => attempt !== index + 1))
    say(`has attempts ${attempts.join(", ")}`);
  if (task.attempts !== runs.length) say(`counts ${task.attempts} of ${runs.length} attempts`);
  if ((task.state === "cancelled") !== (task.cancelled_at !== null))
    say("has a wrong cancelled_at");
  return found;
}

function leaseViolation(run: RunRow): string[] {
  const claimed = run.claimed_by !== null || run.claim_expires_at !== null;
  const mayNot = run.state === "pending" || run.state === "sleeping" || run.state === "cancelled";
  if (mayNot && claimed) return [`run ${run.run_id} is ${run.state} and still claimed`];
  if (run.state === "running" && run.claimed_by === null)
    return [`run ${run.run_id} runs without a worker`];
  return [];
}

const repeated = (values: string[]) =>
  values.filter((value, index) => values.indexOf(value) !== index);
