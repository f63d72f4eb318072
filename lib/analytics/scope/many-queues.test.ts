/**
 * Reads over all queues are split into several statements without losing any queue. ABSURD_LONG has 500 queues.
 */
import { sql } from "drizzle-orm";
import { escapeLiteral } from "pg";
import { beforeAll, expect, test } from "vitest";
import { text } from "@/lib/db/decode";
import { inSnapshot } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { eventFilters } from "@/lib/search-params/events";
import { openTestDatabase } from "@/testing/dashboard-database";
import { follow, ids, list } from "@/testing/reads";
import { listEvents } from "../events";
import { listFailures } from "../failures";
import { findById } from "../find";
import { getThroughput } from "../overview";
import { listQueues } from "../queues";
import { listWorkers } from "../workers";
import { queryPortions } from "./portions";

const QUEUES = process.env.ABSURD_LONG ? 500 : 110;
const database = openTestDatabase();

// Every queue has a failed task, a running one and a ready one, and an event.
beforeAll(async () => {
  for (let n = 0; n < QUEUES; n += 10)
    await database.pool.query(
      `do $$
       declare v_queue text;
       begin
         for v_queue in select 'q' || lpad(n::text, 3, '0') from generate_series(${n}, ${Math.min(n + 10, QUEUES) - 1}) as n loop
           perform absurd.create_queue(v_queue);
           perform absurd.spawn_task(v_queue, 'work', '{}', '{"max_attempts": 1}') from generate_series(1, 3);
           perform absurd.claim_task(v_queue, 'w-' || v_queue, 3600, 2);
           execute format('select absurd.fail_run($1, run_id, ''{"name": "E", "message": "m"}'') from absurd.r_%s where state = ''running'' limit 1', v_queue) using v_queue;
           perform absurd.emit_event(v_queue, 'event', 'null');
         end loop;
       end $$`,
    );
}, 300_000);

/** Otherwise the kept text of one person's queues would read those of another. */
test("portions of queues with spaces in their names keep different texts", async () => {
  const list = (queues: string[]) =>
    inSnapshot((db) =>
      queryPortions(db, { name: text }, queues, {
        ...{ key: "names", start: sql`` },
        write: (queue) => sql`(select ${sql.raw(escapeLiteral(queue))} as name)`,
      }),
    );
  for (const queues of [["a b", "c"], ["a", "b c"], ["a b c"], ["names a", "b", "c"]])
    for (const { name, queue } of await list(queues)) {
      expect(name).toBe(queue);
      expect(queues).toContain(queue);
    }
});

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

test.each<[what: string, count: () => Promise<number>]>([
  ["ready tasks", async () => sum((await listQueues()).queues.map(({ ready }) => ready))],
  [
    "counts of failed tasks",
    async () => sum((await listQueues()).queues.map(({ terminal }) => terminal.failed.value)),
  ],
  [
    "failures",
    async () => {
      const { groups } = await listFailures({ queue: [], name: [], tenant: [], range: "1h" });
      return sum(groups.map(({ attempts }) => attempts));
    },
  ],
  [
    "workers",
    async () => {
      const { workers, hiddenWorkers } = await listWorkers("1h");
      return workers.length + hiddenWorkers;
    },
  ],
  [
    "failed attempts over time",
    async () => sum((await getThroughput("1h")).queues.flatMap(({ failed }) => failed)),
  ],
])("%s of every queue are read", async (_, count) => {
  expect(await count()).toBe(QUEUES);
});

test("tasks of all queues are listed newest first, page by page", async () => {
  const first = await list({ limit: 100 });
  const seen = (await follow(first, "older", { limit: 100 })).flatMap(ids);
  expect(seen).toEqual([...seen].sort().reverse());
  expect(new Set(seen).size).toBe(3 * QUEUES);
});

test("a task and a run are found in any queue", async () => {
  const { rows } = await list({ sort: "oldest", limit: 10 });
  for (const { queue, taskId, run } of rows) {
    expect((await findById(taskId)).found).toMatchObject([{ kind: "task", queue, taskId }]);
    if (!run) throw new Error("no run");
    const { found } = await findById(run.runId);
    expect(found).toMatchObject([{ kind: "run", queue, taskId, runId: run.runId }]);
  }
  expect((await findById("01900000-0000-7000-8000-000000000000" as Uuid)).found).toEqual([]);
});

test("the first page of events is that of the pages after their cursors", async () => {
  // Two waits with a timeout, one without, and one for an emitted event, for a task of each queue.
  for (let n = 0; n < QUEUES; n++) {
    const queue = `q${String(n).padStart(3, "0")}`;
    await database.pool.query(
      `insert into absurd.w_${queue} (task_id, run_id, step_name, event_name, timeout_at)
       select r.task_id, r.run_id, event, event, now() + seconds * interval '1 second'
       from (select task_id, run_id from absurd.r_${queue} limit 1) r
       cross join (values ('a', $1::int), ('b', $2), ('none', null), ('event', 1)) waits (event, seconds)`,
      [3_600 + (n % 5), 3_600 + (n % 3)],
    );
  }
  const events = async (filters: Parameters<typeof eventFilters>[0]) => {
    const { rows, older } = await listEvents(eventFilters(filters));
    return { keys: rows.map(({ queue, name, state }) => `${state} ${queue} ${name}`), older };
  };
  for (const state of ["awaited", "emitted"] as const) {
    const keys: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 3; page++) {
      const found = await events({ state: [state], limit: 25, cursor });
      keys.push(...found.keys);
      cursor = found.older;
    }
    expect(new Set(keys).size).toBe(75);
    expect((await events({ state: [state], limit: 75 })).keys).toEqual(keys);
  }
}, 60_000);

test("a search anywhere has fewer words for many queues", async () => {
  const any = Array.from({ length: 10 }, (_, n) => `word${n}`);
  await expect(list({ any })).rejects.toMatchObject({
    problem: { code: "bad_request", hint: "Choose fewer queues, or search for fewer words." },
  });
  await expect(list({ any, queue: ["q001"] })).resolves.toMatchObject({ rows: [] });
});
