import { DatabaseError } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { findViolations } from "./invariants";
import { openSession, type Session, untilBlocked } from "./session";
import { getSnapshot } from "./snapshot";

const ROUNDS = process.env.ABSURD_LONG === "1" ? 500 : 40;
/** In milliseconds; a round takes about 60 ms on an idle machine. */
const PATIENCE = Math.max(30_000, ROUNDS * 500);

let database: TestDatabase;
let holder: Session;
let first: Session;
let second: Session;
let observer: Session;

beforeAll(async () => {
  database = await createTestDatabase();
  [holder, first, second, observer] = await Promise.all([
    openSession(database.url),
    openSession(database.url),
    openSession(database.url),
    openSession(database.url),
  ]);
});
afterAll(async () => {
  await Promise.all([holder, first, second, observer].map((session) => session.close()));
  await database.drop();
});

type Work = { queue: string; taskId: string; runId: string; event: string };
type Call = [title: string, act: (session: Session, work: Work) => Promise<unknown>];

const complete: Call = ["complete", (s, w) => s.call("complete_run", w.queue, w.runId)];
const fail: Call = ["fail", (s, w) => s.call("fail_run", w.queue, w.runId, "{}")];
const cancel: Call = ["cancel", (s, w) => s.call("cancel_task", w.queue, w.taskId)];
const schedule: Call = ["schedule", (s, w) => s.call("schedule_run", w.queue, w.runId, "infinity")];
const extend: Call = ["extend", (s, w) => s.call("extend_claim", w.queue, w.runId, 60)];
const checkpoint: Call = [
  "checkpoint",
  (s, w) => s.call("set_task_checkpoint_state", w.queue, w.taskId, "step", "1", w.runId, 60),
];
const wait: Call = [
  "await",
  (s, w) => s.call("await_event", w.queue, w.taskId, w.runId, "wait", w.event),
];
const emit: Call = ["emit", (s, w) => s.call("emit_event", w.queue, w.event, "1")];
const claim: Call = ["claim", (s, w) => s.call("claim_task", w.queue, "another", 60, 1)];

describe.each(["unpartitioned", "partitioned"])("on a queue that is %s", (queue) => {
  beforeEach(() => observer.call("create_queue", queue, queue));

  async function startWork(): Promise<Work> {
    const [task] = await observer.call("spawn_task", queue, "work", null, '{"max_attempts":2}');
    await observer.call("claim_task", queue, "worker", 60, 1000);
    const taskId = String(task?.task_id);
    return { queue, taskId, runId: String(task?.run_id), event: taskId };
  }

  const lockRun = (session: Session, { runId }: Work, how = "") =>
    session.query(`select 1 from absurd.r_${queue} where run_id = $1 for update ${how}`, [runId]);
  const lockTask = (session: Session, { taskId }: Work, how = "") =>
    session.query(`select 1 from absurd.t_${queue} where task_id = $1 for update ${how}`, [taskId]);

  test.each([complete, fail, cancel, schedule, extend, checkpoint, wait])(
    "%s waits for the run before it locks the task",
    async (_, act) => {
      const work = await startWork();
      await holder.query("begin");
      await lockRun(holder, work);
      const waiting = act(first, work);
      await untilBlocked(observer, waiting, first, holder);
      await lockTask(observer, work, "nowait");
      await holder.query("rollback");
      await waiting;
    },
  );

  test.each([wait, emit])("%s waits for the event before it locks the run", async (_, act) => {
    const earlier = await startWork();
    await wait[1](observer, earlier);
    const work = { ...(await startWork()), event: earlier.event };
    await holder.query("begin");
    await holder.query(`select 1 from absurd.e_${queue} where event_name = $1 for update`, [
      work.event,
    ]);
    const waiting = act(first, work);
    await untilBlocked(observer, waiting, first, holder);
    await lockRun(observer, work, "nowait");
    await lockTask(observer, work, "nowait");
    await holder.query("rollback");
    await waiting;
  });

  const pairs: [Call, Call][] = [
    [cancel, complete],
    [cancel, fail],
    [cancel, wait],
    [cancel, emit],
    [cancel, extend],
    [cancel, checkpoint],
    [emit, wait],
    [claim, cancel],
    [claim, emit],
    [complete, fail],
  ];
  test.each(pairs.map(([one, other]) => [one[0], other[0], one, other] as const))(
    "%s and %s at once never deadlock",
    async (_title, _other, one, other) => {
      const unexpected: string[] = [];
      const attempt = ([title, act]: Call, session: Session, work: Work) =>
        act(session, work).catch((error) => {
          const refused =
            error instanceof DatabaseError && /^(AB00[12]|P0001)$/.test(error.code ?? "");
          if (!refused) unexpected.push(`${title}: ${error}`);
        });
      for (let round = 0; round < ROUNDS; round += 1) {
        const work = await startWork();
        // Every second pair waits behind one lock, so that both start at the same moment.
        const gated = round % 2 === 0;
        if (gated) {
          await holder.query("begin");
          await lockRun(holder, work);
        }
        const calls = [attempt(one, first, work), attempt(other, second, work)];
        if (gated) await holder.query("commit");
        await Promise.all(calls);
      }
      expect(unexpected).toEqual([]);
      const rows = await getSnapshot(observer.client, queue, queue === "partitioned");
      expect(findViolations(rows)).toEqual([]);
    },
    PATIENCE,
  );

  test("no run is claimed by two workers", async () => {
    await observer.query(
      "select absurd.spawn_task($1, 'work', null) from generate_series(1, 300)",
      [queue],
    );
    const claimed: unknown[] = [];
    await Promise.all(
      [holder, first, second].map(async (session) => {
        for (let found = 1; found > 0; ) {
          const runs = await session.call("claim_task", queue, `${session.pid}`, 60, 7);
          claimed.push(...runs.map((run) => run.run_id));
          found = runs.length;
        }
      }),
    );
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBeGreaterThanOrEqual(300);
  });
});

test("the server saw no deadlock", async () => {
  // The server's statistics include a session's counters once it is idle for a while, or on request.
  const [row] = await observer.query(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  expect(row).toEqual({ deadlocks: 0 });
});
