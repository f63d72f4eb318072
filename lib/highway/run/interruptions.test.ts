/**
 * A worker dies after the first checkpoint, after the second, and so on: the run ends as if none had died. By
 * default one run suffers all of these deaths; with ABSURD_LONG there is also a run for each.
 */

import type { Pool, PoolClient } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { queueTable } from "../../absurd/connection/sql.ts";
import { createQueue } from "../../absurd/queues/queues.ts";
import type { Json } from "../../model/json.ts";
import { Bench, playFunctions } from "../testing/bench.ts";
import { buildEverything, EVERYTHING_INPUTS, playEverything } from "../testing/everything.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A pool whose connection is lost after certain checkpoints, until it is repaired. */
class Fuse {
  written = 0;
  private readonly names = new Set<string>();
  private isBlown = false;

  constructor(
    private readonly pool: Pool,
    /**
     * Whether the connection is lost after the checkpoint of this number, from 1, which may have been written
     * before.
     */
    private readonly isLast: (written: number, isNew: boolean) => boolean,
  ) {}

  mend = () => {
    this.isBlown = false;
  };

  get db(): Queryable {
    const query = (target: Queryable) => (text: string, values?: unknown[]) =>
      this.guard(text, values, () => target.query(text, values));
    const connect = async () => {
      const client: PoolClient = await this.pool.connect();
      return guarded(client, query(client as unknown as Queryable));
    };
    return guarded(
      this.pool,
      query(this.pool as unknown as Queryable),
      connect,
    ) as unknown as Queryable;
  }

  private async guard<T>(
    text: string,
    values: unknown[] | undefined,
    run: () => Promise<T>,
  ): Promise<T> {
    // Rollbacks must work: the server would roll back on its own when a connection is lost.
    if (this.isBlown && !text.startsWith("rollback")) throw new Error("the worker is dead");
    const result = await run();
    if (!text.includes("set_task_checkpoint_state")) return result;
    const [, task, step] = values ?? [];
    const isNew = !this.names.has(`${task}/${step}`);
    this.names.add(`${task}/${step}`);
    if (this.isLast(++this.written, isNew)) {
      this.isBlown = true;
      throw new Error("the worker dies");
    }
    return result;
  }
}

function guarded<T extends object>(target: T, query: unknown, connect?: unknown): T {
  return new Proxy(target, {
    get: (of, key) => {
      if (key === "query") return query;
      if (key === "connect" && connect) return connect;
      const member: unknown = Reflect.get(of, key);
      return typeof member === "function" ? member.bind(of) : member;
    },
  });
}

async function runOnce(name: string, isLast: (written: number, isNew: boolean) => boolean) {
  const queue = `everything ${name}`;
  await createQueue(database.pool, queue);
  const fuse = new Fuse(database.pool, isLast);
  const workflow = buildEverything();
  const repeated: string[] = [];
  const functions = playFunctions(workflow, async (id, call) => {
    const { rowCount } = await database.pool.query(
      `select from ${queueTable("c", queue)} where checkpoint_name = $1`,
      [call.path],
    );
    if (rowCount !== 0) repeated.push(call.path);
    return playEverything(id, call);
  });
  const bench = new Bench(database.pool, queue, { functions, db: fuse.db });
  bench.afterExecution = fuse.mend;
  const { taskId } = await bench.start(workflow, { inputs: EVERYTHING_INPUTS });
  const result = await bench.finish(taskId);
  return { result: withoutIds(result), repeated, written: fuse.written };
}

/** Ids differ from run to run. */
function withoutIds(result: Json): unknown {
  return JSON.parse(JSON.stringify(result).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id"));
}

test("a worker may die after any checkpoint: the run ends the same and repeats nothing", async () => {
  const whole = await runOnce("whole", () => false);
  expect(whole.result).toMatchObject({
    status: "failed",
    error: { task: "last_try", message: "no more" },
    operators: { apologise: "completed", ship_small: "skipped", both: "completed" },
  });
  expect(whole.written).toBeGreaterThan(30);

  const each = await runOnce("each", (_, isNew) => isNew);
  expect(each).toMatchObject({ result: whole.result, repeated: [] });
  expect(each.written).toBeGreaterThanOrEqual(whole.written);

  const all = Array.from({ length: whole.written }, (_, index) => index + 1);
  const positions = process.env.ABSURD_LONG ? all : all.filter((position) => position % 12 === 0);
  while (positions.length > 0)
    await Promise.all(
      positions.splice(0, 4).map(async (last) => {
        const { result, repeated } = await runOnce(String(last), (written) => written === last);
        expect({ last, result, repeated }).toEqual({ last, result: whole.result, repeated: [] });
      }),
    );
}, 300_000);
