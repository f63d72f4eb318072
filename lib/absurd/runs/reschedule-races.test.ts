import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { untilAwaited } from "@/testing/locks";
import type { Uuid } from "../../model/ids.ts";
import { STORAGE_MODES } from "../../model/queue.ts";
import type { Queryable } from "../connection/queryable.ts";
import { InvalidArgumentError, RunChangedError } from "../errors.ts";
import { awaitEvent, emitEvent } from "../events/events.ts";
import { cleanupEvents } from "../queues/cleanup.ts";
import { createQueue } from "../queues/queues.ts";
import { spawnTask } from "../tasks/spawn.ts";
import { cancelTask } from "../tasks/tasks.ts";
import { rescheduleRun } from "./reschedule.ts";
import { previewReschedule } from "./reschedule-preview.ts";
import { claimTasks, completeTask, failTask } from "./runs.ts";
import { sleep } from "./sleep.ts";

let database: TestDatabase;
let other: Client;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  other = new Client({ connectionString: database.url });
  await other.connect();
});
afterEach(() => other.end());

type Subject = { taskId: Uuid; runId: Uuid };

/** Waiting runs of each kind, in a queue of their own. */
const WAITING: Record<string, (db: Queryable, queue: string) => Promise<Subject>> = {
  queued: (db, queue) => spawnTask(db, queue, "task"),
  backoff: async (db, queue) => {
    const { taskId } = await spawnTask(db, queue, "task", null, {
      maxAttempts: 3,
      retryStrategy: { kind: "fixed", baseSeconds: 3600 },
    });
    const [claimed] = await claimTasks(db, queue);
    await failTask(db, queue, claimed?.runId ?? "", "no");
    const { rows } = await db.query(`select run_id from absurd."r_${queue}" where attempt = 2`);
    return { taskId, runId: String(rows[0]?.run_id) };
  },
  sleep: async (db, queue) => {
    const subject = await spawnTask(db, queue, "task");
    await claimTasks(db, queue);
    await sleep(db, queue, { ...subject, stepName: "nap", seconds: 3600 }).catch(() => {});
    return subject;
  },
  "event-wait": async (db, queue) => {
    const subject = await spawnTask(db, queue, "task");
    await claimTasks(db, queue);
    await awaitEvent(db, queue, {
      ...subject,
      stepName: "wait",
      eventName: "go",
      timeoutSeconds: 3600,
    });
    return subject;
  },
};

/** Concurrent changes of such a run. If it is not due yet, the clock is moved first. */
const CHANGES: Record<string, (db: Queryable, queue: string, subject: Subject) => Promise<void>> = {
  claimed: async (db, queue, { runId }) => {
    await db.query(
      `update absurd."r_${queue}" set available_at = absurd.current_time() where run_id = $1`,
      [runId],
    );
    expect(await claimTasks(db, queue, { workerId: "other" })).toMatchObject([{ runId }]);
  },
  completed: async (db, queue, subject) => {
    await CHANGES.claimed?.(db, queue, subject);
    await completeTask(db, queue, subject.runId, "done");
  },
  cancelled: async (db, queue, { taskId }) => {
    await cancelTask(db, queue, { taskId });
  },
};

const NOW: Record<string, string> = {
  claimed: "is running now on other",
  completed: "is completed now",
  cancelled: "is cancelled now",
  emitted: "was woken by its event",
};

const CASES = Object.keys(WAITING).flatMap((kind) =>
  Object.keys(CHANGES).map((change) => [kind, change] as const),
);

describe.each(STORAGE_MODES)("on an %s queue", (storageMode) => {
  let queue: string;
  let queues = 0;
  beforeEach(async () => {
    queue = `${storageMode}_${++queues}`;
    await createQueue(database.pool, queue, { storageMode });
  });

  const make = async (kind: string) => {
    const subject = await WAITING[kind]?.(database.pool, queue);
    if (!subject) throw new Error(kind);
    const preview = await previewReschedule(database.pool, queue, subject.runId);
    expect(preview.kind).toBe(kind);
    return { subject, preview };
  };
  const change = async (db: Queryable, kind: string, subject: Subject) => {
    if (kind === "emitted") await emitEvent(db, queue, "go", { by: "other" });
    else await CHANGES[kind]?.(db, queue, subject);
  };
  const expectRefusal = async (attempt: Promise<unknown>, kind: string) => {
    const error = await attempt.then(
      () => "it was rescheduled",
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RunChangedError);
    expect(error).toMatchObject({ now: expect.stringContaining(NOW[kind] ?? "?") });
  };

  test.each([...CASES, ["event-wait", "emitted"] as const])(
    "%s: a run that was %s after the preview is not changed",
    async (kind, what) => {
      const { subject, preview } = await make(kind);
      await change(other, what, subject);
      const before = await rows(database.pool, queue);
      await expectRefusal(
        rescheduleRun(database.pool, queue, {
          runId: subject.runId,
          at: new Date(Date.now() + 60_000),
          expected: preview,
        }),
        what,
      );
      expect(await rows(database.pool, queue)).toEqual(before);
    },
  );

  test.each([...CASES, ["event-wait", "emitted"] as const])(
    "%s: while a run is being %s, the move waits and then changes nothing",
    async (kind, what) => {
      const { subject } = await make(kind);
      await other.query("begin");
      await change(other, what, subject);
      const attempt = expectRefusal(
        rescheduleRun(database.pool, queue, { runId: subject.runId, at: "now" }),
        what,
      );
      await untilAwaited(database.pool, other);
      const before = await rows(other, queue);
      await other.query("commit");
      await attempt;
      expect(await rows(database.pool, queue)).toEqual(before);
    },
  );

  test.each(Object.keys(WAITING))(
    "%s: the run is moved when the other side rolls back",
    async (kind) => {
      const { subject } = await make(kind);
      await other.query("begin");
      await change(other, "cancelled", subject);
      const attempt = rescheduleRun(database.pool, queue, { runId: subject.runId, at: "now" });
      await untilAwaited(database.pool, other);
      await other.query("rollback");
      expect(await attempt).toMatchObject({ kind });
      expect(await claimTasks(database.pool, queue)).toMatchObject([{ runId: subject.runId }]);
    },
  );

  test.each(["there", "cleaned up"])(
    "an emit waits for the move of its waiter, even a due one, with its placeholder %s",
    async (placeholder) => {
      const { subject } = await make("event-wait");
      if (placeholder === "cleaned up")
        expect(await cleanupEvents(database.pool, queue, { ttlSeconds: 0 })).toBe(1);
      await rescheduleRun(database.pool, queue, { runId: subject.runId, at: "now" });
      await other.query("begin");
      await rescheduleRun(other, queue, { runId: subject.runId, at: "never" });
      const emit = emitEvent(database.pool, queue, "go", 1);
      await untilAwaited(database.pool, other);
      await other.query("commit");
      await emit;
      expect(await claimTasks(database.pool, queue)).toMatchObject([
        { runId: subject.runId, eventPayload: 1 },
      ]);
    },
  );

  test("the move is part of the caller's transaction", async () => {
    const { subject } = await make("sleep");
    const before = await rows(database.pool, queue);
    await other.query("begin");
    await rescheduleRun(other, queue, { runId: subject.runId, at: "now" });
    expect(await claimTasks(database.pool, queue)).toEqual([]);
    await other.query("rollback");
    expect(await rows(database.pool, queue)).toEqual(before);
  });

  test("concurrent moves and emits neither deadlock nor lose a run", async () => {
    const subjects = [];
    for (let i = 0; i < 8; i++) subjects.push((await make("event-wait")).subject);
    // After the emit or another move, the run waits for something else or not at all.
    const refusals = [RunChangedError, InvalidArgumentError];
    const moves = subjects.flatMap(({ runId }) =>
      (["never", "now"] as const).map((at) =>
        rescheduleRun(database.pool, queue, { runId, at }).catch((error: unknown) => {
          if (!refusals.some((refusal) => error instanceof refusal)) throw error;
        }),
      ),
    );
    await Promise.all([...moves, emitEvent(database.pool, queue, "go", "payload")]);
    const claimed = await claimTasks(database.pool, queue, { quantity: 20 });
    expect(claimed).toHaveLength(subjects.length);
  });
});

/** All rows of the queue, to check that nothing changed. */
async function rows(db: Queryable, queue: string): Promise<unknown[]> {
  const tables = ["t", "r", "c", "e", "w"].map(
    (prefix) => `select '${prefix}' || to_jsonb(x)::text as row from absurd."${prefix}_${queue}" x`,
  );
  const found = await db.query(`${tables.join(" union all ")} order by 1`);
  return found.rows.map(({ row }) => row);
}
