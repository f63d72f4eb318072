import { expect, test } from "vitest";
import { type Pausing, workAtOnce, workInTurns } from "./turns";

function* count(to: number, spend: () => void): Pausing<number> {
  let sum = 0;
  for (let one = 1; one <= to; one++) {
    spend();
    sum += one;
    yield;
  }
  return sum;
}

/** Occupies the processor for longer than one turn. */
function spendTurn() {
  for (const since = performance.now(); performance.now() - since < 12; );
}

test("other work runs between two turns of long work", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++);
  const sum = workInTurns(count(5, spendTurn));
  expect(await sum).toBe(15);
  clearInterval(timer);
  expect(ticks).toBeGreaterThanOrEqual(4);
});

test("work without pauses lets nothing run in between", () => {
  let ran = false;
  setImmediate(() => (ran = true));
  expect(workAtOnce(count(5, spendTurn))).toBe(15);
  expect(ran).toBe(false);
});

test("an error of the work rejects its turns", async () => {
  const fail = count(2, () => {
    throw new RangeError("no");
  });
  await expect(workInTurns(fail)).rejects.toThrow(RangeError);
});
