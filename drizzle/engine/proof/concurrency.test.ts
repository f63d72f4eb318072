import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { openSession, type Session, untilBlocked } from "./session";

let database: TestDatabase;
let a: Session;
let b: Session;
let observer: Session;

beforeAll(async () => {
  database = await createTestDatabase();
  [a, b, observer] = await Promise.all([
    openSession(database.url),
    openSession(database.url),
    openSession(database.url),
  ]);
});
afterAll(async () => {
  await Promise.all([a.close(), b.close(), observer.close()]);
  await database.drop();
});

describe.each(["unpartitioned", "partitioned"])("two sessions on a queue that is %s", (mode) => {
  let queue: string;
  let count = 0;
  beforeEach(async () => {
    count += 1;
    queue = `${mode}_${count}`;
    await observer.call("create_queue", queue, mode);
  });
  afterEach(async () => {
    await a.query("rollback");
    await observer.call("drop_queue", queue);
  });

  async function spawn(options: object = {}) {
    const [task] = await observer.call("spawn_task", queue, "work", null, options);
    return { taskId: String(task?.task_id), runId: String(task?.run_id) };
  }

  async function spawnRunning(options: object = {}) {
    const task = await spawn(options);
    await observer.call("claim_task", queue, "worker", 60, 1);
    return task;
  }

  const claim = (session: Session) => session.call("claim_task", queue, "worker", 60, 1);

  async function hold(kind: "run" | "task", id: string, strength = "update") {
    await a.query("begin");
    await a.query(
      `select 1 from absurd.${kind[0]}_${queue} where ${kind}_id = $1 for ${strength}`,
      [id],
    );
  }

  test.each(["update", "key share"])(
    "X1: a task locked for %s is hidden from a claim, which does not wait",
    async (strength) => {
      const { taskId, runId } = await spawn();
      await hold("task", taskId, strength);
      expect(await claim(b)).toEqual([]);
      await a.query("rollback");
      expect(await claim(b)).toMatchObject([{ run_id: runId }]);
    },
  );

  test("X2: a locked run is hidden from a claim, and a cancellation waits for it", async () => {
    const { taskId, runId } = await spawn();
    await hold("run", runId);
    expect(await claim(b)).toEqual([]);
    const cancelled = b.call("cancel_task", queue, taskId);
    await untilBlocked(observer, cancelled, b, a);
    await a.query("rollback");
    await cancelled;
    expect(await observer.call("get_task_result", queue, taskId)).toMatchObject([
      { state: "cancelled" },
    ]);
  });

  test("X3: a claim waits for the locked run of a task that is past its cancellation limit", async () => {
    const { taskId, runId } = await spawn({ cancellation: { max_delay: 0 } });
    await hold("run", runId);
    const claimed = claim(b);
    await untilBlocked(observer, claimed, b, a);
    await a.query("rollback");
    expect(await claimed).toEqual([]);
    expect(await observer.call("get_task_result", queue, taskId)).toMatchObject([
      { state: "cancelled" },
    ]);
  });

  test("X4: a checkpoint waits for a locked run only to extend its lease", async () => {
    const { taskId, runId } = await spawnRunning();
    await hold("run", runId);
    await b.call("set_task_checkpoint_state", queue, taskId, "first", "1", runId);
    const extended = b.call("set_task_checkpoint_state", queue, taskId, "next", "2", runId, 60);
    await untilBlocked(observer, extended, b, a);
    await a.query("rollback");
    await extended;
    const written = await observer.call("get_task_checkpoint_states", queue, taskId, runId);
    expect(written.map((row) => row.checkpoint_name)).toEqual(["first", "next"]);
  });

  test("X5: an emit waits for an open await of its event, and then wakes the run", async () => {
    const { taskId, runId } = await spawnRunning();
    await a.query("begin");
    await a.call("await_event", queue, taskId, runId, "step", "signal");
    await b.call("emit_event", queue, "other");
    const emitted = b.call("emit_event", queue, "signal", '{"v":1}');
    await untilBlocked(observer, emitted, b, a);
    await a.query("commit");
    await emitted;
    expect(await claim(b)).toMatchObject([{ run_id: runId, event_payload: { v: 1 } }]);
  });

  test("X5: concurrent awaits of one event do not block each other", async () => {
    const first = await spawnRunning();
    const second = await spawnRunning();
    const earlier = await spawnRunning();
    await b.call("await_event", queue, earlier.taskId, earlier.runId, "step", "signal");
    await a.query("begin");
    await a.call("await_event", queue, first.taskId, first.runId, "step", "signal");
    const answer = await b.call(
      "await_event",
      queue,
      second.taskId,
      second.runId,
      "step",
      "signal",
    );
    expect(answer).toEqual([{ should_suspend: true, payload: null }]);
  });

  test("X6: an await waits for an open emit of its event, and then returns the payload", async () => {
    const { taskId, runId } = await spawnRunning();
    await a.query("begin");
    await a.call("emit_event", queue, "signal", '{"v":1}');
    const awaited = b.call("await_event", queue, taskId, runId, "step", "signal");
    await untilBlocked(observer, awaited, b, a);
    await a.query("commit");
    expect(await awaited).toEqual([{ should_suspend: false, payload: { v: 1 } }]);
  });

  test("X6: an await whose emit is rolled back suspends", async () => {
    const { taskId, runId } = await spawnRunning();
    await a.query("begin");
    await a.call("emit_event", queue, "signal", '{"v":1}');
    const awaited = b.call("await_event", queue, taskId, runId, "step", "signal");
    await untilBlocked(observer, awaited, b, a);
    await a.query("rollback");
    expect(await awaited).toEqual([{ should_suspend: true, payload: null }]);
  });

  test.each(["commit", "rollback"])(
    "X7: a second spawn with one key waits for the first, which ends by %s",
    async (end) => {
      const spawnKeyed = (session: Session) =>
        session.call("spawn_task", queue, "work", null, '{"idempotency_key":"k"}');
      await a.query("begin");
      const [first] = await spawnKeyed(a);
      const second = spawnKeyed(b);
      await untilBlocked(observer, second, b, a);
      await a.query(end);
      const kept = end === "commit";
      expect(await second).toMatchObject([
        kept ? { ...first, created: false } : { attempt: 1, created: true },
      ]);
      expect(await observer.query(`select count(*)::int from absurd.t_${queue}`)).toEqual([
        { count: 1 },
      ]);
    },
  );
});
