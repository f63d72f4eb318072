import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { FIGURE, onServer, prefetchAll } from "./hydrate";

const query = (key: string) => ({ queryKey: [key] });

test("a page waits for its rows, but not for figures that take long", async () => {
  let end = (_: string) => {};
  const figures = new Promise<string>((resolve) => {
    end = resolve;
  });
  const state = await prefetchAll([
    onServer(query("rows"), () => pause(400, "rows")),
    onServer(query("slow figures"), () => figures, FIGURE),
    onServer(query("quick figures"), async () => "quick", FIGURE),
  ]);
  expect(state.queries.map(({ queryKey, state: { data } }) => [...queryKey, data])).toEqual([
    ["rows", "rows"],
    ["quick figures", "quick"],
  ]);
  end("figures");
});

test("a query that fails, and a figure that fails later, are left to the browser", async () => {
  const refuse = async (after: number) => {
    await pause(after);
    throw new Error("refused");
  };
  const state = await prefetchAll([
    onServer(query("rows"), () => refuse(0)),
    onServer(query("figures"), () => refuse(250), FIGURE),
  ]);
  expect(state.queries).toEqual([]);
  await pause(100);
});

test("partial data keeps the time of its read, and the browser requests the whole", async () => {
  const before = Date.now();
  const state = await prefetchAll([
    onServer(query("whole"), async () => "whole"),
    onServer(query("partial"), async () => "partial", { isPartial: true }),
    onServer(query("late"), () => pause(300, "late"), { isPartial: true, ...FIGURE }),
  ]);
  expect(
    state.queries.map(({ queryKey, state: { isInvalidated } }) => [...queryKey, isInvalidated]),
  ).toEqual([
    ["whole", false],
    ["partial", true],
  ]);
  for (const { state: one } of state.queries)
    expect(one.dataUpdatedAt).toBeGreaterThanOrEqual(before);
  await pause(150);
});

test("a page includes at most 20,000 values; the browser requests results with more", async () => {
  const rows = (length: number) => async () => Array.from({ length }, (_, at) => ({ at }));
  const state = await prefetchAll([
    onServer(query("few"), rows(4_000)),
    onServer(query("many"), rows(10_000)),
    onServer(query("too many with the first"), rows(7_000)),
    onServer(query("others"), rows(5_000)),
  ]);
  expect(state.queries.map(({ queryKey }) => queryKey[0])).toEqual(["few", "others"]);
});

test("slow figures are included if they are kept, also while the server is busy", async () => {
  const kept = Promise.resolve("kept");
  const prefetching = prefetchAll(
    [
      onServer(query("kept"), () => kept, FIGURE),
      onServer(query("slow"), () => pause(50, "slow"), FIGURE),
    ],
    1,
  );
  for (const until = performance.now() + 20; performance.now() < until; );
  const state = await prefetching;
  expect(state.queries.map(({ queryKey }) => queryKey[0])).toEqual(["kept"]);
});
