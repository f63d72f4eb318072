// @vitest-environment jsdom
import { dehydrate, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const HOUR = 3_600_000;
const BROWSER = Date.parse("2026-03-02T12:00:00.000Z");

beforeEach(() => {
  vi.useFakeTimers({ now: BROWSER });
  // The clock of a tab is module state.
  vi.resetModules();
});
afterEach(() => vi.useRealTimers());

/**
 * A tab whose clock differs from the database's. `load` resolves to the age of a result at its arrival, in milliseconds
 * of the browser's clock; `delay` is the time between its read and its arrival.
 */
async function openTab({ databaseAhead = 0 } = {}) {
  const { createQueryClient, toBrowserState } = await import("./query-client");
  const client = createQueryClient();
  const databaseTime = () => new Date(Date.now() + databaseAhead).toISOString();
  async function load(key: string, delay: number): Promise<number> {
    const observer = new QueryObserver(client, {
      queryKey: [key],
      queryFn: async () => {
        const now = databaseTime();
        await new Promise((resolve) => setTimeout(resolve, delay));
        return { rows: [], now };
      },
    });
    const stop = observer.subscribe(() => {});
    await vi.advanceTimersByTimeAsync(delay + 1);
    stop();
    return Date.now() - 1 - observer.getCurrentResult().dataUpdatedAt;
  }
  return { client, databaseTime, load, toBrowserState };
}

for (const databaseAhead of [0, HOUR, -HOUR])
  test(`a result is as old as its rows if the database's clock is ${databaseAhead / 60_000} minutes ahead`, async () => {
    const { load } = await openTab({ databaseAhead });
    expect(await load("queues", 0)).toBe(0);
    // A shared result, and one of a slow query.
    expect(await load("tasks", 1_900)).toBe(1_900);
    expect(await load("failures", 12_000)).toBe(12_000);
    expect(await load("workers", 5)).toBe(5);
    const { toDatabaseTime } = await import("@/components/ui/text/clock");
    expect(toDatabaseTime()).toBe(Date.now() + databaseAhead);
  });

test("until a faster result arrives, the first one counts as current", async () => {
  const { load } = await openTab();
  expect(await load("tasks", 1_900)).toBe(0);
  expect(await load("queues", 100)).toBe(0);
  expect(await load("tasks of a day", 1_900)).toBe(1_800);
});

test("a preview from a server with another clock changes no age", async () => {
  const { client, load } = await openTab();
  await load("queues", 0);
  await client.fetchQuery({
    queryKey: ["preview"],
    queryFn: async () => ({ now: new Date(Date.now() + HOUR).toISOString() }),
    meta: { onDemand: true },
  });
  expect(await load("tasks", 1_900)).toBe(1_900);
});

test("ages are right again after a clock was changed", async () => {
  const { load } = await openTab();
  await load("queues", 0);
  vi.setSystemTime(Date.now() + HOUR);
  await load("events", 0);
  expect(await load("tasks", 1_900)).toBe(1_900);
});

/** What the server sends with a page that it prefetched at this time. */
async function prefetch(data: unknown, updatedAt: number) {
  const client = new QueryClient();
  client.setQueryData(["tasks"], data, { updatedAt });
  return dehydrate(client);
}

const timeOf = (state: ReturnType<typeof dehydrate>) => state.queries[0]?.state.dataUpdatedAt;

test("a page that was prefetched 20 seconds ago is 20 seconds old, whatever the server's clock", async () => {
  for (const serverAhead of [0, HOUR, -HOUR]) {
    vi.resetModules();
    vi.setSystemTime(BROWSER);
    const { client, databaseTime, load, toBrowserState } = await openTab();
    await load("queues", 0);
    const readAt = Date.now();
    const state = await prefetch({ rows: [], now: databaseTime() }, readAt + serverAhead);
    vi.setSystemTime(readAt + 20_000);
    expect(timeOf(toBrowserState(client, state))).toBe(readAt);
    // It doesn't count as a change of the clock.
    vi.setSystemTime(readAt + 10 * 60_000);
    toBrowserState(client, state);
    expect(await load("tasks", 1_900)).toBe(1_900);
  }
});

test("the first page is current", async () => {
  const { client, databaseTime, toBrowserState } = await openTab({ databaseAhead: HOUR });
  const state = await prefetch({ now: databaseTime() }, BROWSER - HOUR);
  expect(timeOf(toBrowserState(client, state))).toBe(BROWSER);
});

test("partial data has its age and is requested again, but doesn't replace data that the browser has", async () => {
  const { client, toBrowserState } = await openTab();
  const server = new QueryClient();
  server.setQueryData(["tasks"], { now: new Date(BROWSER - 700).toISOString() });
  await server.invalidateQueries({ queryKey: ["tasks"] });
  const partial = dehydrate(server);
  const [query] = toBrowserState(client, partial).queries;
  expect(query?.state).toMatchObject({ dataUpdatedAt: BROWSER, isInvalidated: true });
  client.setQueryData(["tasks"], { now: new Date(BROWSER - 20_000).toISOString() });
  expect(toBrowserState(client, partial).queries).toEqual([]);
});

test("a prefetched result without a time keeps the age that it had on the server", async () => {
  const { client, toBrowserState } = await openTab();
  vi.setSystemTime(BROWSER + HOUR);
  const state = await prefetch(["a choice"], BROWSER + HOUR - 700);
  vi.setSystemTime(BROWSER);
  expect(timeOf(toBrowserState(client, state))).toBe(BROWSER - 700);
});
