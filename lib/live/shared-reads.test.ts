import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { clearSharedReads, coalesce, noteChange, noteSpread } from "./shared-reads";

beforeAll(() => {
  // Nothing connects to it: results are cached per database.
  vi.stubEnv("DATABASE_URL", "postgresql://localhost/none");
  forgetEnvironment();
});
afterAll(() => {
  vi.unstubAllEnvs();
  forgetEnvironment();
});
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  clearSharedReads();
  vi.useRealTimers();
});

function counter() {
  let reads = 0;
  return () => Promise.resolve(++reads);
}

const requester = (signal = new AbortController().signal, headers = {}) => ({
  signal,
  headers: new Headers(headers),
});
const bypassing = (signal?: AbortSignal) => requester(signal, { "X-Bypass-Cache": "1" });

test("callers within two seconds share one read, later ones start another", async () => {
  const read = counter();
  const asked = Array.from({ length: 50 }, () => coalesce(["q", 1], undefined, read));
  expect(new Set(await Promise.all(asked))).toEqual(new Set([1]));
  expect(await coalesce(["q", 1], undefined, read)).toBe(1);
  expect(await coalesce(["q", 2], undefined, read)).toBe(2);
  vi.advanceTimersByTime(2_000);
  expect(await coalesce(["q", 1], undefined, read)).toBe(3);
});

test("after a change no caller receives an earlier result, or that of a read in progress", async () => {
  const read = counter();
  const before = coalesce(["q"], undefined, read);
  clearSharedReads();
  expect(await coalesce(["q"], undefined, read)).toBe(2);
  expect(await before).toBe(1);
  expect(await coalesce(["q"], undefined, read)).toBe(2);
});

test("a failure reaches the callers that waited and is not cached", async () => {
  const fail = () => Promise.reject(new Error("broken"));
  const both = [coalesce(["q"], undefined, fail), coalesce(["q"], undefined, fail)];
  for (const one of both) await expect(one).rejects.toThrow("broken");
  expect(await coalesce(["q"], undefined, counter())).toBe(1);
});

test("a read is aborted when its last caller has gone, and not before", async () => {
  let aborted = false;
  const read = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        reject(new Error("aborted"));
      });
    });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = coalesce(["q"], requester(one.signal), read);
  const second = coalesce(["q"], requester(two.signal), read);
  one.abort(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  expect(aborted).toBe(false);
  two.abort(new Error("gone too"));
  await expect(second).rejects.toThrow("gone too");
  expect(aborted).toBe(true);
  expect(await coalesce(["q"], undefined, counter())).toBe(1);
});

test("a bypassing request receives a fresh result, which later requests share", async () => {
  const read = counter();
  expect(await coalesce(["q"], requester(), read)).toBe(1);
  expect(await coalesce(["q"], bypassing(), read)).toBe(2);
  expect(await coalesce(["q"], requester(), read)).toBe(2);
});

test("bypassing requests share the next read, and reads never overlap", async () => {
  let [reads, underWay, most] = [0, 0, 0];
  const read = async () => {
    most = Math.max(most, ++underWay);
    const number = ++reads;
    await new Promise((resolve) => setTimeout(resolve, 100));
    underWay--;
    return number;
  };
  const ordinary = coalesce(["q"], requester(), read);
  const first = Array.from({ length: 25 }, () => coalesce(["q"], bypassing(), read));
  await vi.advanceTimersByTimeAsync(150);
  expect(await ordinary).toBe(1);
  // The second read has started without these.
  const later = Array.from({ length: 25 }, () => coalesce(["q"], bypassing(), read));
  await vi.advanceTimersByTimeAsync(250);
  expect(new Set(await Promise.all(first))).toEqual(new Set([2]));
  expect(new Set(await Promise.all(later))).toEqual(new Set([3]));
  expect([reads, most]).toEqual([3, 1]);
});

test("requests after a change share its read for as long as its listeners are notified", async () => {
  const read = counter();
  noteSpread(4_000);
  try {
    const turn = noteChange();
    const notified = requester(undefined, { "X-Read-After": `${turn}` });
    expect(await coalesce(["q"], notified, read)).toBe(1);
    vi.advanceTimersByTime(3_900);
    expect(await coalesce(["q"], notified, read)).toBe(1);
    // Without a turn, or with a later one, only a fresh result will do.
    const later = requester(undefined, { "X-Read-After": `${noteChange()}` });
    expect(await coalesce(["q"], later, read)).toBe(2);
    vi.advanceTimersByTime(2_000);
    expect(await coalesce(["q"], requester(), read)).toBe(3);
    vi.advanceTimersByTime(6_000);
    expect(await coalesce(["q"], later, read)).toBe(4);
  } finally {
    noteSpread(0);
  }
});

test("a queued read without callers never starts", async () => {
  const read = counter();
  const slow = coalesce(
    ["q"],
    requester(),
    () => new Promise<number>((resolve) => setTimeout(() => resolve(0), 100)),
  );
  const one = new AbortController();
  const abandoned = coalesce(["q"], bypassing(one.signal), read);
  one.abort(new Error("gone"));
  await expect(abandoned).rejects.toThrow("gone");
  await vi.advanceTimersByTimeAsync(150);
  expect(await slow).toBe(0);
  expect(await coalesce(["q"], requester(), read)).toBe(1);
});

test.each([0, 3_000])(
  "a kept result that took %i ms is returned while the next one is read",
  async (took) => {
    const finish: ((value: string) => void)[] = [];
    const read = () => new Promise<string>((resolve) => finish.push(resolve));
    const get = (asking: Parameters<typeof coalesce>[1] = requester()) =>
      coalesce(["figures"], asking, read, { isKept: () => true });
    const first = get();
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(took);
    finish[0]?.("first");
    expect(await first).toBe("first");
    const pause = took > 0 ? 5_000 : 2_000;
    vi.advanceTimersByTime(pause - 500);
    const changed = requester(undefined, { "X-Read-After": String(noteChange()) });
    expect(await Promise.all([get(), get(changed)])).toEqual(["first", "first"]);
    expect(finish).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(await Promise.all([get(), get(changed), get()])).toEqual(["first", "first", "first"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(finish).toHaveLength(2);
    vi.advanceTimersByTime(8_900);
    expect(await get()).toBe("first");
    finish[1]?.("second");
    await vi.advanceTimersByTimeAsync(0);
    expect(await get()).toBe("second");
    vi.advanceTimersByTime(16_000);
    const later = get();
    await vi.advanceTimersByTimeAsync(0);
    expect(finish).toHaveLength(3);
    finish[2]?.("third");
    expect(await later).toBe("third");
  },
);

test("a kept result is not returned to a bypassing request, after an operator's change or after a failure", async () => {
  let reads = 0;
  const read = () => (++reads === 3 ? Promise.reject(new Error("broken")) : Promise.resolve(reads));
  const get = (asking: Parameters<typeof coalesce>[1] = requester()) =>
    coalesce(["figures"], asking, read, { isKept: () => true });
  expect(await get()).toBe(1);
  vi.advanceTimersByTime(3_000);
  expect(await get(bypassing())).toBe(2);
  vi.advanceTimersByTime(3_000);
  expect(await get()).toBe(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(await get()).toBe(4);
  clearSharedReads();
  expect(await get()).toBe(5);
});

/** Reads of kept results that the test ends. */
function controlReads() {
  const underWay = new Set<string>();
  const finish = new Map<string, () => void>();
  const get = (key: string, asking: Parameters<typeof coalesce>[1]) => {
    const read = () => {
      underWay.add(key);
      return new Promise<string>((resolve) =>
        finish.set(key, () => {
          underWay.delete(key);
          resolve(key);
        }),
      );
    };
    return coalesce([key], asking, read, { isKept: () => true });
  };
  const end = async (key: string) => {
    finish.get(key)?.();
    await vi.advanceTimersByTimeAsync(100);
  };
  return { underWay, get, end };
}

test("kept results are read one after another, and beside those that nobody waits for", async () => {
  const { underWay, get, end } = controlReads();
  const keys = ["a", "b", "c"];
  const first = Promise.all(keys.map((key) => get(key, requester())));
  await vi.advanceTimersByTimeAsync(0);
  for (const key of keys) {
    expect([...underWay]).toEqual([key]);
    await end(key);
  }
  await first;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await Promise.all(keys.map((key) => get(key, requester())))).toEqual(keys);
  expect([...underWay]).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect([...underWay]).toEqual(["a"]);
  await end("a");
  expect([...underWay]).toEqual(["b"]);
  const waiting = get("c", bypassing());
  await vi.advanceTimersByTimeAsync(0);
  expect([...underWay]).toEqual(["b", "c"]);
  await end("c");
  expect(await waiting).toBe("c");
  await end("b");
  expect([...underWay]).toEqual([]);
});

test("the kept results that a first paint lacks are read after it, unless a request hurries them", async () => {
  const { underWay, get, end } = controlReads();
  const keys = ["a", "b", "c", "d"];
  const paint = Promise.all(keys.map((key) => get(key, undefined)));
  await vi.advanceTimersByTimeAsync(40);
  expect([...underWay]).toEqual([]);
  await vi.advanceTimersByTimeAsync(20);
  expect([...underWay]).toEqual(["a"]);
  const requests = ["a", "c", "d"].map((key) => get(key, requester()));
  await vi.advanceTimersByTimeAsync(100);
  expect([...underWay]).toEqual(["a", "c"]);
  await end("c");
  expect([...underWay]).toEqual(["a", "d"]);
  await end("a");
  expect([...underWay]).toEqual(["d", "b"]);
  await end("b");
  await end("d");
  expect(await paint).toEqual(keys);
  expect(await Promise.all(requests)).toEqual(["a", "c", "d"]);
  expect([...underWay]).toEqual([]);
});
