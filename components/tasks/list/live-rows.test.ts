import { expect, test } from "vitest";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskSort } from "@/lib/search-params/tasks/sort";
import { mergePage } from "./live-rows";
import { ORDERS } from "./sort";

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

const merge = (shown: TaskSummary[], latest: TaskSummary[], sort: TaskSort = "newest") =>
  mergePage(shown, latest, ORDERS[sort].before);
const ids = (rows: Iterable<TaskSummary>) => [...rows].map((row) => Number(row.taskId.slice(-12)));

test("rows update in place and newer rows are only counted", () => {
  const live = merge([task(3), task(2)], [task(5), task(4), task(3, "running")]);
  expect(ids(live.rows)).toEqual([3, 2]);
  expect(live.rows[0]?.state).toBe("running");
  expect(live.newCount).toBe(2);
});

test("a row pushed off the end of the page is kept, and a row that no longer matches is marked", () => {
  expect(merge([task(3), task(2)], [task(5), task(3)]).removed.size).toBe(0);
  expect([...merge([task(3), task(2), task(1)], [task(3), task(1)]).removed]).toEqual([
    "orders/019cbd00-0000-7000-8000-000000000002",
  ]);
  expect(merge([task(3), task(2)], []).removed.size).toBe(2);
});

test("an empty list shows the new rows, and an older row that appears late isn't counted as new", () => {
  expect(ids(merge([], [task(2), task(1)]).rows)).toEqual([2, 1]);
  expect(merge([task(3)], [task(3), task(2)]).newCount).toBe(0);
});

test("in every order, rows after the page aren't counted as new, and rows that left it are marked", () => {
  expect(merge([task(1), task(2)], [task(1), task(2), task(3)], "oldest").newCount).toBe(0);
  expect(merge([task(1), task(2)], [task(2), task(3)], "oldest").removed.size).toBe(1);
  const tried = (id: number, attempts: number) => ({ ...task(id), attempts });
  const live = merge([tried(1, 5), tried(2, 3)], [tried(3, 9), tried(1, 5)], "attempts");
  expect(live.newCount).toBe(1);
  expect(live.removed.size).toBe(0);
});

test("rows of a queue missing from the latest page stay unchanged", () => {
  const shown = [task(3), { ...task(2), queue: "locked" }, task(1)];
  const live = mergePage(shown, [task(3)], ORDERS.newest.before, new Set(["locked"]));
  expect(ids(live.rows)).toEqual([3, 2, 1]);
  expect(mergePage(shown, [task(3), task(0)], ORDERS.newest.before).removed).toContain(
    "locked/019cbd00-0000-7000-8000-000000000002",
  );
  const full = mergePage(shown, [task(3), task(0)], ORDERS.newest.before, new Set(["locked"]));
  expect([...full.removed]).toEqual(["orders/019cbd00-0000-7000-8000-000000000001"]);
});
