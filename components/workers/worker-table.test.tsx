// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Worker, WorkerList } from "@/lib/analytics/workers";
import { CUT_NAME } from "@/lib/model/rows/shown-name";
import { render } from "@/testing/render";
import { countMinutes, WorkerTable } from "./worker-table";

const at = (time: string) => `2026-03-02T${time}:00.000Z`;
const list = { from: at("10:00"), lookedBackTo: null, now: at("11:00") };
const seen = (first: string, last: string, running = 0) => ({
  ...{ firstSeenAt: at(first), lastSeenAt: at(last), running },
});

test("claims per minute are averaged over the time in which the worker was seen", () => {
  expect(countMinutes(seen("10:50", "10:55"), list)).toBe(5);
  expect(countMinutes(seen("10:50", "10:55", 1), list)).toBe(10);
  expect(countMinutes(seen("09:00", "10:30"), list)).toBe(30);
  expect(countMinutes(seen("10:50", "10:50"), list)).toBe(1);
  expect(countMinutes(seen("10:00", "10:58"), { ...list, lookedBackTo: at("10:40") })).toBe(18);
});

test("a worker links to its tasks, unless its name is cut", () => {
  const cut = `${"w".repeat(500)}... #0a1b2c3d`;
  const worker = (name: string) =>
    ({
      ...seen("10:50", "10:55"),
      name,
      queues: [],
      held: [],
      nextLeaseEnd: null,
    }) as unknown as Worker;
  const workers = [worker("host:1"), worker(cut), worker("")];
  const view = render(<WorkerTable list={{ ...list, workers } as unknown as WorkerList} />);
  const links = view.getAllByRole("link").map((link) => link.getAttribute("href"));
  expect(links).toEqual(["/tasks?worker=host:1"]);
  const digest = view.getByText("#0a1b2c3d");
  expect(digest.parentElement?.dataset.tip).toBe(CUT_NAME);
  expect(digest.parentElement?.textContent).toBe(`${"w".repeat(500)}#0a1b2c3d`);
});
