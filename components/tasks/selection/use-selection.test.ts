import { expect, test } from "vitest";
import type { TaskSummary } from "@/lib/model/task";
import { NO_PICK, type Pick, pick, pickAll } from "./use-selection";

const rows = [..."abcde"].map((taskId) => ({ queue: "q", taskId }) as TaskSummary);
const row = (id: string) => rows.find((task) => task.taskId === id) as TaskSummary;
const ids = ({ picked }: Omit<Pick, "key">) =>
  [...picked.values()]
    .map((task) => task.taskId)
    .sort()
    .join("");

test("a row can be selected and deselected", () => {
  const one = pick(NO_PICK, rows, row("b"), false);
  expect(ids(one)).toBe("b");
  expect(ids(pick(one, rows, row("b"), false))).toBe("");
});

test("a range starts at the row toggled last, in either direction, and can also deselect", () => {
  const anchored = pick(NO_PICK, rows, row("d"), false);
  const range = pick(anchored, rows, row("b"), true);
  expect(ids(range)).toBe("bcd");
  expect(ids(pick(range, rows, row("c"), true))).toBe("d");
  expect(ids(pick(NO_PICK, rows, row("c"), true))).toBe("c");
});

test("rows of another page stay selected", () => {
  const elsewhere = pick(NO_PICK, rows, { queue: "q", taskId: "z" } as TaskSummary, false);
  expect(ids(pick(elsewhere, rows, row("a"), true))).toBe("az");
});

test("selecting all deselects if all were selected", () => {
  const all = { ...NO_PICK, ...pickAll(new Map(), rows) };
  expect(ids(all)).toBe("abcde");
  expect(ids(pickAll(all.picked, rows))).toBe("");
});
