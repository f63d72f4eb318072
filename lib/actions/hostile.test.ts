/** For any value that PostgreSQL can hold, every action either succeeds or is refused with a printable reason. */
import { beforeAll, expect, test, vi } from "vitest";
import { getTask } from "@/lib/analytics/task";
import { workThrough } from "@/lib/bulk/work";
import { getWritePool } from "@/lib/db/pools";
import { BULK_ACTIONS } from "@/lib/model/rows/bulk";
import { openTestDatabase } from "@/testing/dashboard-database";
import { type Hostile, storeHostile } from "@/testing/scenes/hostile";
import { startBulkAction } from "./bulk";
import { emitEventAction } from "./events";
import { getBulkPreview } from "./previews/bulk";
import { getEmitPreview } from "./previews/events";
import { getReschedulePreview } from "./previews/runs";
import type { ActionResult } from "./result";
import { extendLeaseAction, rescheduleRunAction } from "./runs";
import { cancelTaskAction, forkTaskAction, retryTaskAction, runAgainAction } from "./tasks";
import { cancelWorkflowRunAction } from "./workflows";

vi.spyOn(console, "info").mockImplementation(() => {});
const database = openTestDatabase();
const SEED = process.env.ABSURD_LONG ? Date.now() % 1_000_000 : 20_261_129;

const patience = { timeout: process.env.ABSURD_LONG ? 600_000 : 120_000 };

let stored: Hostile;
beforeAll(async () => {
  const client = await database.pool.connect();
  try {
    stored = await storeHostile(client, {
      seed: SEED,
      tasks: process.env.ABSURD_LONG ? 1_000 : 60,
    });
  } finally {
    client.release();
  }
}, 300_000);

/**
 * Refusals by the rules of the engine or by a task's state; `bad_request` would mean that the dashboard rejects a
 * value from its own page.
 */
const REFUSALS = [
  "state_changed",
  "task_not_found",
  "already_emitted",
  "already_ended",
  "refused",
  "unsupported",
  "conflict",
];

/** The data of a successful action; any other outcome must be a refusal. */
function check<T>(result: ActionResult<T>, what: string): T | undefined {
  const text = JSON.stringify(result);
  expect(text, `${what} (seed ${SEED})`).not.toMatch(/NaN|Invalid (Date|time)|undefined/);
  if (result.ok) return result.data;
  expect(REFUSALS, `${what} (seed ${SEED}): ${text}`).toContain(result.error.code);
  return undefined;
}

test("runs are rescheduled and their leases extended as a page would do it", patience, async () => {
  let [moved, extended] = [0, 0];
  for (const { queue, taskId } of stored.tasks) {
    const { task, runs } = await getTask(queue, taskId);
    const run = runs.find(({ runId }) => runId === task.lastAttemptRun);
    if (!run) continue;
    const at = `${taskId} in ${queue}`;
    const { runId, claimedBy, claimExpiresAt } = run;
    const preview = check(await getReschedulePreview({ queue, runId }), `preview of ${at}`);
    if (preview) {
      const { kind, at: until } = preview;
      const expected = { kind, at: until };
      const result = await rescheduleRunAction({ queue, runId, at: "now", expected });
      if (check(result, `reschedule ${at} from ${until}`)) moved++;
    }
    const expected = { claimedBy, claimExpiresAt };
    const lease = await extendLeaseAction({ queue, runId, seconds: 60, expected });
    if (check(lease, `extend ${at} from ${claimExpiresAt}`)) extended++;
  }
  expect(moved).toBeGreaterThan(5);
  expect(extended).toBeGreaterThan(2);
});

test("tasks are copied, forked, retried and cancelled, and events emitted", patience, async () => {
  for (const { queue, taskId } of stored.tasks) {
    const at = `${taskId} in ${queue}`;
    const { checkpoints } = await getTask(queue, taskId);
    check(await runAgainAction({ queue, taskId }), `run ${at} again`);
    const fromStep = checkpoints.at(-1)?.name;
    if (fromStep !== undefined)
      check(await forkTaskAction({ queue, taskId, fromStep }), `fork ${at} from ${fromStep}`);
    check(await retryTaskAction({ queue, taskId }), `retry ${at}`);
    check(await cancelTaskAction({ queue, taskId }), `cancel ${at}`);
  }
  for (const { queue, name } of stored.events) {
    check(await getEmitPreview({ queue, name }), `preview of event ${name}`);
    check(await emitEventAction({ queue, name, payload: "1" }), `emit ${name}`);
  }
});

test("bulk operations end, and workflow runs are cancelled", patience, async () => {
  for (const queue of stored.queues)
    for (const action of BULK_ACTIONS) {
      const filters = `?queue=${encodeURIComponent(queue)}`;
      const at = `${action} in ${queue}`;
      const preview = check(await getBulkPreview({ action, filters }), `preview of ${at}`);
      if (!preview || preview.eligible.value === 0) continue;
      check(await startBulkAction({ action, ...preview.start, perSecond: null }), at);
    }
  await workThrough(getWritePool(), new AbortController().signal);
  const { rows } = await database.pool.query(
    "select state, message, failed::int from absurd_dashboard.bulk_job where operator <> 'ada' and state <> 'done'",
  );
  expect(rows).toEqual([]);
  const items = await database.pool.query(
    "select outcome, code, message from absurd_dashboard.bulk_item where at > now() - interval '1 h'",
  );
  expect(items.rows.length).toBeGreaterThan(20);
  expect(items.rows.filter(({ code }) => code === "internal")).toEqual([]);
  for (const workflowRunId of stored.workflowRunIds)
    check(await cancelWorkflowRunAction({ workflowRunId }), `cancel run ${workflowRunId}`);
});
