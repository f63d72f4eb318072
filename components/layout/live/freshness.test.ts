// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { type ProblemCode, ProblemError } from "@/lib/model/problem";
import { computeFreshness, confirmFresh, isLive } from "./freshness";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

const problem = (code: ProblemCode) => new ProblemError({ code, message: "" });

/** A page with one query that is requested every two seconds and receives these results in order. */
async function openPage(...results: unknown[]) {
  vi.useFakeTimers();
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const next = () => {
    const result = results.length > 1 ? results.shift() : results[0];
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
  };
  const observer = new QueryObserver(client, {
    queryKey: ["tasks"],
    queryFn: next,
    refetchInterval: 2_000,
  });
  stops.push(observer.subscribe(() => {}));
  await vi.advanceTimersByTimeAsync(1);
  return () => computeFreshness(client.getQueryCache().getAll().filter(isLive), Date.now());
}

test("a page without live queries claims nothing about its freshness", () => {
  expect(computeFreshness([], Date.now())).toMatchObject({ state: "none", at: null });
});

test("a page is fresh while its requests succeed", async () => {
  const freshness = await openPage("rows");
  expect(freshness()).toMatchObject({ state: "fresh", error: null });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(freshness()).toMatchObject({ state: "fresh" });
});

test("after a failure of any kind, a page isn't fresh, and its age is that of the last success", async () => {
  for (const error of [problem("internal"), problem("timed_out"), new Error("55000")]) {
    const freshness = await openPage("rows", error);
    const { at } = freshness();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(freshness()).toMatchObject({ state: "stale", at, error, isKept: true });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(freshness()).toMatchObject({ state: "lost", at });
  }
});

test("a lost connection is reported at once, and a busy database isn't reported as lost", async () => {
  for (const [code, state] of [
    ["network", "lost"],
    ["database_unavailable", "lost"],
    ["busy", "busy"],
  ] as const) {
    const freshness = await openPage("rows", problem(code));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(freshness(), code).toMatchObject({ state });
  }
});

test("the time of failing starts with the first failure and ends with a success", async () => {
  const freshness = await openPage("rows", problem("network"), problem("network"), "rows");
  const start = Date.now();
  await vi.advanceTimersByTimeAsync(2_500);
  const { since } = freshness();
  expect(since).toBeGreaterThan(start);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(freshness().since).toBe(since);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(freshness()).toMatchObject({ state: "fresh", since: null });
});

test("a not-found response is not a failure", async () => {
  const freshness = await openPage(problem("task_not_found"));
  expect(freshness()).toMatchObject({ state: "waiting", at: null, error: null });
});

test("a request that never ends makes a page stale, unless the server confirms that nothing changed", async () => {
  const freshness = await openPage("rows", new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(11_000);
  expect(freshness()).toMatchObject({ state: "stale", error: null });
  confirmFresh();
  expect(freshness()).toMatchObject({ state: "fresh" });
});
