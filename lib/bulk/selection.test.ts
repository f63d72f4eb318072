import { expect, test } from "vitest";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
} from "@/lib/search-params/tasks/filters";
import { fixWindow, parseFilters } from "./selection";

const NOW = "2026-03-02T12:00:00.000Z";

test("filters survive serialising and parsing", () => {
  for (const filters of [
    {},
    { queue: ['a,b "c"', "größe, 100% / ?"], state: ["failed"] },
    { name: ["x"], id: "019a7c3e", after: NOW, before: NOW },
  ] satisfies Partial<TaskFilters>[]) {
    const complete = taskFilters(filters);
    expect(parseFilters(serializeTaskFilters(complete))).toEqual(complete);
  }
});

test("an invalid filter is never ignored", () => {
  for (const text of ["?state=lost", "?stat=failed", "?id=zz", "?where=", "?range=1y"])
    expect(parseFilters(text)).toBeUndefined();
});

test("the time window is fixed: it does not move, and excludes tasks spawned later", () => {
  expect(fixWindow(taskFilters({ range: "1h", cursor: "o.x", limit: 7 }), NOW)).toEqual(
    taskFilters({ after: "2026-03-02T11:00:00.000Z", before: NOW }),
  );
  const narrower = { after: "2026-03-02T11:30:00.000Z", before: "2026-03-02T11:45:00.000Z" };
  expect(fixWindow(taskFilters({ range: "1h", ...narrower }), NOW)).toEqual(taskFilters(narrower));
});
