// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { computeFreshness, isLive } from "./freshness";
import { neverDue, polled, untilNext } from "./polling";
import { follow } from "./push";

/** The browser's end of the event stream; the test plays the server. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 0;
  constructor() {
    super();
    Stream.opened.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  send(type: "open" | "quiet" | "change" | "error", data: object = {}) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

const stops: (() => void)[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Stream);
  Stream.opened = [];
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

type Rows = { now: string; due: string | null };

/** A tab with one list that is refreshed every five seconds; `respond` counts its requests. */
async function openTab(untilDue?: (data: Rows) => number, due: string | null = null) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const respond = vi.fn(
    async (): Promise<Rows> => ({ now: new Date(Date.now()).toISOString(), due }),
  );
  const observer = new QueryObserver(client, {
    queryKey: ["tasks"],
    queryFn: respond,
    refetchInterval: polled<Rows>(5_000, untilDue),
  });
  stops.push(
    observer.subscribe(() => {}),
    follow(client, 5_000),
  );
  await vi.advanceTimersByTimeAsync(1);
  const freshness = () =>
    computeFreshness(client.getQueryCache().getAll().filter(isLive), Date.now());
  return { respond, freshness };
}

const stream = () => Stream.opened.at(-1) as Stream;

async function stayQuiet(seconds: number) {
  for (let second = 0; second < seconds; second += 2) {
    stream().send("quiet");
    await vi.advanceTimersByTimeAsync(2_000);
  }
}

test("an idle tab with a working stream repeats its requests once, then four times per minute", async () => {
  const { respond, freshness } = await openTab();
  stream().send("open");
  await stayQuiet(10);
  expect(respond).toHaveBeenCalledTimes(2);
  respond.mockClear();
  await stayQuiet(120);
  expect(respond.mock.calls.length).toBeLessThanOrEqual(8);
  expect(freshness().state).toBe("fresh");
});

test("a change is fetched at once, and polling continues at the interval until nothing changes", async () => {
  const { respond } = await openTab();
  stream().send("open");
  await stayQuiet(20);
  respond.mockClear();
  stream().send("change", { queues: null, turn: 7 });
  await vi.advanceTimersByTimeAsync(1);
  expect(respond).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(respond).toHaveBeenCalledTimes(3);
});

test("without events from the stream, a tab polls at the interval", async () => {
  const { respond } = await openTab();
  stream().send("open");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(respond).toHaveBeenCalledTimes(13);
});

test("a stream without heartbeats doesn't slow down polling", async () => {
  const { respond } = await openTab();
  stream().send("open");
  await stayQuiet(20);
  await vi.advanceTimersByTimeAsync(6_000);
  respond.mockClear();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(respond.mock.calls.length).toBeGreaterThanOrEqual(2);
});

test("a hidden tab closes its stream and requests nothing until it is shown again", async () => {
  const { respond } = await openTab();
  stream().send("open");
  await vi.advanceTimersByTimeAsync(5_000);
  const hide = (isHidden: boolean) => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(isHidden);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue(isHidden ? "hidden" : "visible");
    // The list listens on the window, to which the browser's event bubbles.
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  };
  hide(true);
  expect(stream().readyState).toBe(Stream.CLOSED);
  respond.mockClear();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(respond).not.toHaveBeenCalled();
  expect(Stream.opened).toHaveLength(1);
  hide(false);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(Stream.opened).toHaveLength(2);
  expect(respond).toHaveBeenCalled();
});

test("a broken stream doesn't slow down polling at the interval", async () => {
  const { respond } = await openTab();
  stream().send("open");
  await stayQuiet(20);
  stream().send("error");
  respond.mockClear();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(respond).toHaveBeenCalledTimes(3);
});

test("due data is requested at the interval although nothing changes", async () => {
  const { respond } = await openTab(() => 0);
  stream().send("open");
  await stayQuiet(60);
  expect(respond).toHaveBeenCalledTimes(13);
});

test("rows without a future instant are requested once per minute while nothing changes", async () => {
  const { respond, freshness } = await openTab(neverDue);
  stream().send("open");
  await stayQuiet(10);
  respond.mockClear();
  await stayQuiet(600);
  expect(respond.mock.calls.length).toBeGreaterThanOrEqual(9);
  expect(respond.mock.calls.length).toBeLessThanOrEqual(10);
  expect(freshness().state).toBe("fresh");
});

test("rows are requested within two seconds after the next instant in them, and not before", async () => {
  const due = new Date(Date.now() + 40_000).toISOString();
  const { respond } = await openTab(({ now, due }) => untilNext(now, [due]), due);
  stream().send("open");
  await stayQuiet(12);
  respond.mockClear();
  await stayQuiet(28);
  expect(respond).not.toHaveBeenCalled();
  await stayQuiet(2);
  expect(respond).toHaveBeenCalledTimes(1);
  await stayQuiet(50);
  expect(respond).toHaveBeenCalledTimes(1);
});

test("the next instant is the first that has not passed", () => {
  const now = "2026-01-05T08:12:00.000Z";
  const passed = "2026-01-05T08:11:59.000Z";
  const later = "2026-01-05T08:12:09.000Z";
  expect(untilNext(now, [passed, "infinity", null, undefined, later])).toBe(9_000);
  expect(untilNext(now, [now, passed, "-infinity", null])).toBe(Number.POSITIVE_INFINITY);
  expect(untilNext(now, ["infinity"])).toBe(Number.POSITIVE_INFINITY);
});

test("a silent stream is reopened with a growing delay of at most 80 seconds", async () => {
  await openTab();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const before = { count: Stream.opened.length, at: Date.now() };
    while (Stream.opened.length === before.count) await vi.advanceTimersByTimeAsync(500);
    pauses.push(Date.now() - before.at);
  }
  expect(pauses[0]).toBeLessThanOrEqual(26_000);
  expect(pauses.at(-1)).toBeGreaterThan(40_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(81_000);
  stream().send("quiet");
  const count = Stream.opened.length;
  await vi.advanceTimersByTimeAsync(26_000);
  expect(Stream.opened).toHaveLength(count + 1);
});

test("a stream refused by the server is reopened", async () => {
  await openTab();
  stream().readyState = Stream.CLOSED;
  stream().send("error");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(Stream.opened).toHaveLength(2);
});

test("a request in flight at the time of a change is repeated when it finishes", async () => {
  const { respond } = await openTab();
  stream().send("open");
  let end = (_rows: Rows) => {};
  respond.mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        end = resolve;
      }),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(respond).toHaveBeenCalledTimes(2);
  stream().send("change", { queues: null, turn: 8 });
  await vi.advanceTimersByTimeAsync(100);
  expect(respond).toHaveBeenCalledTimes(2);
  end({ now: new Date(Date.now()).toISOString(), due: null });
  await vi.advanceTimersByTimeAsync(1);
  expect(respond).toHaveBeenCalledTimes(3);
});
