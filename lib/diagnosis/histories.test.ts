import fc from "fast-check";
import type { PoolClient } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { listQueues } from "@/lib/analytics/queues";
import { getTask } from "@/lib/analytics/task";
import { listTasks } from "@/lib/analytics/tasks";
import { getReadPool } from "@/lib/db/pools";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { openTestDatabase } from "@/testing/dashboard-database";
import { checkConcerns } from "@/testing/histories/check-concerns";
import { checkTimeline } from "@/testing/histories/check-timeline";
import { checkListRow, checkVerdict, Oracle } from "@/testing/histories/oracle";
import { type Choice, Play } from "@/testing/histories/play";
import { listConcerns } from "./concerns";
import { diagnose } from "./diagnose";
import { explainSummary } from "./explain-summary";
import { FRESH_MS } from "./facts";
import { plainText } from "./sentence";

/**
 * Random histories of the real engine, cut at random instants and read with random limits. No sentence of a
 * verdict, a list row or a concern, and no exact span of a timeline, may contradict what the workers, clients and
 * operators really did.
 */
const database = openTestDatabase();

const choice: fc.Arbitrary<Choice> = fc.tuple(fc.nat(999), fc.nat(9_999));
const histories = fc.array(choice, { minLength: 20, maxLength: 60 });

/** Reads on the engine's clock of the play. */
function followClock(play: Play) {
  const pool = getReadPool();
  const connect = Object.getPrototypeOf(pool).connect as typeof pool.connect;
  pool.connect = async (...given: Parameters<typeof connect>) => {
    const client = await connect.apply(pool, given);
    await client.query("select set_config('absurd.fake_now', $1, false)", [
      new Date(play.clock).toISOString(),
    ]);
    return client;
  };
}

async function readAndCheck(play: Play, [action, detail]: Choice): Promise<void> {
  const { queue, now: picture } = play.history;
  const task = picture.tasks[detail % Math.max(picture.tasks.length, 1)];
  if (!task) return;
  play.clock += detail % 400;
  await play.history.takePicture(play.clock);
  const oracle = new Oracle(play, task.taskId);
  const limits =
    detail % 3 === 0 ? { runs: 1 + (action % 3), checkpoints: 1 + (action % 4) } : undefined;
  const read = await getTask(queue, task.taskId, limits ? { limits } : {});

  const later = new Date(play.clock + (detail % 8_000)).toISOString();
  const dated = plainText(diagnose(read, later).parts);
  const isActive = ["pending", "running", "sleeping"].includes(task.state);
  const isOld = Date.parse(later) - play.clock > FRESH_MS;
  expect(dated.startsWith("As of ")).toBe(isActive && isOld);
  if (isActive && isOld)
    expect(dated.replace(/^As of .*? ago: /, "")).toBe(plainText(diagnose(read).parts));
  await checkVerdict(plainText(diagnose(read).parts), oracle);
  checkTimeline(buildTimeline(read, later), read, oracle);

  const list = await listTasks(taskFilters({ queue: [queue] }));
  for (const row of list.rows.slice(0, 5))
    await checkListRow(
      plainText(explainSummary(row, list.now).parts),
      new Oracle(play, row.taskId),
    );
  const { queues, now } = await listQueues();
  checkConcerns(listConcerns({ queues, now }), queues, oracle);
}

test(
  "no sentence contradicts the full history",
  async () => {
    const client: PoolClient = await database.pool.connect();
    await client.query("set timezone = 'UTC'");
    let number = 0;
    onTestFinished(() => client.release());
    await fc.assert(
      fc.asyncProperty(histories, async (choices) => {
        const queue = `h${number++}`;
        const play = await Play.begin(database.pool, client, queue);
        followClock(play);
        for (const one of choices) {
          await play.act(one);
          if (one[1] % 3 === 0) await readAndCheck(play, one);
        }
        await client.query("select absurd.drop_queue($1)", [queue]);
      }),
      process.env.ABSURD_LONG
        ? { numRuns: 400, endOnFailure: true, seed: Number(process.env.SEED ?? 1) }
        : { numRuns: 12, seed: 4_711, endOnFailure: true },
    );
  },
  process.env.ABSURD_LONG ? 1_800_000 : 120_000,
);
