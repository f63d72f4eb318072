import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { STORAGE_MODES } from "../../model/queue.ts";
import { InvalidArgumentError, QueueNotFoundError } from "../errors.ts";
import { createQueue } from "../queues/queues.ts";
import { claimTasks } from "../runs/runs.ts";
import { spawnTask } from "../tasks/spawn.ts";
import { cancelTask } from "../tasks/tasks.ts";
import { awaitEvent, emitEvent } from "./events.ts";
import { previewEmit } from "./preview.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe.each(STORAGE_MODES)("on an %s queue", (storageMode) => {
  let queue: string;
  let queues = 0;
  beforeEach(async () => {
    queue = `${storageMode}_${++queues}`;
    await createQueue(database.pool, queue, { storageMode });
  });
  const db = () => database.pool;
  const waiter = async (timeoutSeconds: number | null) => {
    const { taskId, runId } = await spawnTask(db(), queue, "waiter");
    await claimTasks(db(), queue);
    await awaitEvent(db(), queue, {
      taskId,
      runId,
      stepName: "w",
      eventName: "go",
      timeoutSeconds,
    });
    return { taskId, runId };
  };

  test("the first emit wakes the waiters only", async () => {
    const forever = await waiter(null);
    const patient = await waiter(3600);
    await cancelTask(db(), queue, await waiter(null));
    await waiter(0);
    const preview = await previewEmit(db(), queue, "go");
    expect(preview).toEqual({
      eventName: "go",
      emittedAt: null,
      outcome: "stored",
      wakesCount: 2,
      wakes: [
        { ...forever, taskName: "waiter", stepName: "w", timeoutAt: null },
        { ...patient, taskName: "waiter", stepName: "w", timeoutAt: expect.any(Date) },
      ],
    });

    await emitEvent(db(), queue, "go");
    const { rows } = await db().query(
      `select run_id from absurd."r_${queue}" where state = 'pending' order by run_id`,
    );
    expect(rows.map((row) => row.run_id)).toEqual(preview.wakes.map((run) => run.runId));
  });

  test("a second emit is ignored, also after one without payload", async () => {
    await emitEvent(db(), queue, "go");
    expect(await previewEmit(db(), queue, "go")).toEqual({
      eventName: "go",
      emittedAt: expect.any(Date),
      outcome: "ignored",
      wakes: [],
      wakesCount: 0,
    });
  });

  test("all waiters are counted, and the first ones listed", async () => {
    for (let i = 0; i < 3; i++) await waiter(null);
    const preview = await previewEmit(db(), queue, "go", { limit: 2 });
    expect(preview).toMatchObject({ wakesCount: 3, wakes: [{}, {}] });
  });

  test("an unknown event would be stored", async () => {
    expect(await previewEmit(db(), queue, "news")).toMatchObject({
      outcome: "stored",
      wakesCount: 0,
    });
    await expect(previewEmit(db(), queue, "  ")).rejects.toThrow(InvalidArgumentError);
    await expect(previewEmit(db(), "nowhere", "go")).rejects.toThrow(QueueNotFoundError);
  });
});
