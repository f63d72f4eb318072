import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { coalesce, forgetAnswers } from "./coalesce";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  forgetAnswers();
  vi.useRealTimers();
});

function counter() {
  let reads = 0;
  return () => Promise.resolve(++reads);
}

const asker = (signal = new AbortController().signal, headers = {}) => ({
  signal,
  headers: new Headers(headers),
});
const anew = (signal?: AbortSignal) => asker(signal, { "X-Read-Anew": "1" });

test("one read answers everybody for a moment, then the question is asked again", async () => {
  const read = counter();
  const asked = Array.from({ length: 50 }, () => coalesce(["q", 1], undefined, read));
  expect(new Set(await Promise.all(asked))).toEqual(new Set([1]));
  expect(await coalesce(["q", 1], undefined, read)).toBe(1);
  expect(await coalesce(["q", 2], undefined, read)).toBe(2);
  vi.advanceTimersByTime(2_000);
  expect(await coalesce(["q", 1], undefined, read)).toBe(3);
});

test("after a change nobody gets an answer from before, nor one that was under way", async () => {
  const read = counter();
  const before = coalesce(["q"], undefined, read);
  forgetAnswers();
  expect(await coalesce(["q"], undefined, read)).toBe(2);
  expect(await before).toBe(1);
  expect(await coalesce(["q"], undefined, read)).toBe(2);
});

test("a failure reaches those who waited and is not kept", async () => {
  const fail = () => Promise.reject(new Error("broken"));
  const both = [coalesce(["q"], undefined, fail), coalesce(["q"], undefined, fail)];
  for (const one of both) await expect(one).rejects.toThrow("broken");
  expect(await coalesce(["q"], undefined, counter())).toBe(1);
});

test("a read is aborted when its last caller is gone, and not before", async () => {
  let aborted = false;
  const read = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        reject(new Error("aborted"));
      });
    });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = coalesce(["q"], asker(one.signal), read);
  const second = coalesce(["q"], asker(two.signal), read);
  one.abort(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  expect(aborted).toBe(false);
  two.abort(new Error("gone too"));
  await expect(second).rejects.toThrow("gone too");
  expect(aborted).toBe(true);
  expect(await coalesce(["q"], undefined, counter())).toBe(1);
});

test("who asks anew gets no answer from before, and those who ask after that get theirs", async () => {
  const read = counter();
  expect(await coalesce(["q"], asker(), read)).toBe(1);
  expect(await coalesce(["q"], anew(), read)).toBe(2);
  expect(await coalesce(["q"], asker(), read)).toBe(2);
});

test("however many ask anew, one reads at a time, and they share what begins after they asked", async () => {
  let [reads, underWay, most] = [0, 0, 0];
  const read = async () => {
    most = Math.max(most, ++underWay);
    const number = ++reads;
    await new Promise((resolve) => setTimeout(resolve, 100));
    underWay--;
    return number;
  };
  const ordinary = coalesce(["q"], asker(), read);
  const first = Array.from({ length: 25 }, () => coalesce(["q"], anew(), read));
  await vi.advanceTimersByTimeAsync(150);
  expect(await ordinary).toBe(1);
  // The second read has begun without these.
  const later = Array.from({ length: 25 }, () => coalesce(["q"], anew(), read));
  await vi.advanceTimersByTimeAsync(250);
  expect(new Set(await Promise.all(first))).toEqual(new Set([2]));
  expect(new Set(await Promise.all(later))).toEqual(new Set([3]));
  expect([reads, most]).toEqual([3, 1]);
});

test("a read that nobody waits for any more never begins", async () => {
  const read = counter();
  const slow = coalesce(
    ["q"],
    asker(),
    () => new Promise<number>((resolve) => setTimeout(() => resolve(0), 100)),
  );
  const one = new AbortController();
  const abandoned = coalesce(["q"], anew(one.signal), read);
  one.abort(new Error("gone"));
  await expect(abandoned).rejects.toThrow("gone");
  await vi.advanceTimersByTimeAsync(150);
  expect(await slow).toBe(0);
  expect(await coalesce(["q"], asker(), read)).toBe(1);
});
