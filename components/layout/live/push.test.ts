import type { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRefresher } from "./push";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A page with three lists: of all queues, of `orders` and of `mail`. Records which were refreshed. */
function openLists() {
  const refreshed: string[][] = [];
  const lists = [[], ["orders"], ["mail"]];
  const client: Pick<QueryClient, "refetchQueries"> = {
    refetchQueries: async ({ predicate } = {}) => {
      for (const queues of lists) {
        const query = {
          isActive: () => true,
          meta: { queues },
          state: { fetchStatus: "idle" },
        };
        if (predicate?.(query as never)) refreshed.push(queues);
      }
    },
  };
  return { refreshed, refresher: createRefresher(client, 5_000) };
}

test("the first change refreshes at once, and later ones once per interval", () => {
  const { refreshed, refresher } = openLists();
  for (let n = 0; n < 20; n++) refresher.request({ queues: ["orders"], turn: 11 });
  expect(refreshed).toEqual([[], ["orders"]]);
  vi.advanceTimersByTime(4_999);
  expect(refreshed).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(refreshed).toHaveLength(4);
  vi.advanceTimersByTime(20_000);
  expect(refreshed).toHaveLength(4);
  refresher.stop();
});

test("tabs opened at different times refresh after the same check of the server", () => {
  const tabs = [openLists(), openLists()];
  tabs[0]?.refresher.request({ queues: null, turn: 11 });
  vi.advanceTimersByTime(1_000);
  tabs[1]?.refresher.request({ queues: null, turn: 12 });
  for (const { refreshed, refresher } of tabs) {
    for (const turn of [13, 14]) refresher.request({ queues: null, turn });
    expect(refreshed).toHaveLength(3);
    refresher.request({ queues: null, turn: 15 });
    expect(refreshed).toHaveLength(6);
    refresher.stop();
  }
});

test("a list is refreshed by changes of its queues or of an unknown queue", () => {
  const { refreshed, refresher } = openLists();
  refresher.request({ queues: ["other"], turn: 11 });
  expect(refreshed).toEqual([[]]);
  refresher.request({ queues: ["mail"], turn: 12 });
  refresher.request({ queues: null, turn: 13 });
  vi.advanceTimersByTime(5_000);
  expect(refreshed).toEqual([[], [], ["orders"], ["mail"]]);
  refresher.stop();
});

test("while a change is waiting to be fetched, nothing is confirmed as current", () => {
  const { refresher } = openLists();
  refresher.request({ queues: null, turn: 11 });
  refresher.request({ queues: null, turn: 12 });
  expect(refresher.isIdle()).toBe(false);
  refresher.stop();
});
