import { expect, test } from "vitest";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskSort } from "@/lib/search-params/tasks-sort";
import { ORDERS } from "./list-order";
import { holdStill as hold } from "./live-rows";

function task(id: number, state: TaskSummary["state"] = "pending"): TaskSummary {
  return {
    queue: "orders",
    taskId: `019cbd00-0000-7000-8000-${String(id).padStart(12, "0")}`,
    name: "ship",
    state,
    attempts: 1,
    maxAttempts: null,
    enqueuedAt: "2026-03-02T12:00:00.000Z",
    firstStartedAt: null,
    endedAt: null,
    tenantId: null,
    workflowRunId: null,
    run: null,
  };
}

const holdStill = (shown: TaskSummary[], read: TaskSummary[], sort: TaskSort = "newest") =>
  hold(shown, read, ORDERS[sort].before);
const ids = (rows: Iterable<TaskSummary>) => [...rows].map((row) => Number(row.taskId.slice(-12)));

test("rows take new values where they stand, newer ones are only counted", () => {
  const live = holdStill([task(3), task(2)], [task(5), task(4), task(3, "running")]);
  expect(ids(live.rows)).toEqual([3, 2]);
  expect(live.rows[0]?.state).toBe("running");
  expect(live.fresh).toBe(2);
});

test("a row pushed off the end of the page is kept, one that stopped matching is marked", () => {
  expect(holdStill([task(3), task(2)], [task(5), task(3)]).gone.size).toBe(0);
  expect([...holdStill([task(3), task(2), task(1)], [task(3), task(1)]).gone]).toEqual([
    "orders/019cbd00-0000-7000-8000-000000000002",
  ]);
  expect(holdStill([task(3), task(2)], []).gone.size).toBe(2);
});

test("an empty list fills by itself, and an older row that appears late is not new", () => {
  expect(ids(holdStill([], [task(2), task(1)]).rows)).toEqual([2, 1]);
  expect(holdStill([task(3)], [task(3), task(2)]).fresh).toBe(0);
});

test("in another order, what comes later is on another page, and what left is marked", () => {
  expect(holdStill([task(1), task(2)], [task(1), task(2), task(3)], "oldest").fresh).toBe(0);
  expect(holdStill([task(1), task(2)], [task(2), task(3)], "oldest").gone.size).toBe(1);
  const tried = (id: number, attempts: number) => ({ ...task(id), attempts });
  const live = holdStill([tried(1, 5), tried(2, 3)], [tried(3, 9), tried(1, 5)], "attempts");
  expect(live.fresh).toBe(1);
  expect(live.gone.size).toBe(0);
});
