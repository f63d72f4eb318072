import fc from "fast-check";
import { expect, test } from "vitest";
import { createScale } from "./scale.ts";
import { listTicks } from "./ticks.ts";

const HOUR = 3_600_000;

const windows = fc
  .record({
    from: fc.integer({ min: 0, max: 2 ** 40 }),
    lengths: fc.array(fc.integer({ min: 0, max: 30 * 24 * HOUR }), { minLength: 1, maxLength: 30 }),
    width: fc.integer({ min: 200, max: 2_000 }),
  })
  .map(({ from, lengths, width }) => {
    let at = from;
    const idle = lengths.map((length, index) => {
      const range = { from: at, to: at + length };
      at += length + 1 + (index % 3) * 60_000;
      return range;
    });
    return { window: { from, to: at }, idle, width };
  });

test("time runs from left to right and fills the width, for any hidden time", () =>
  fc.assert(
    fc.property(windows, ({ window, idle, width }) => {
      const scale = createScale(window, width, idle);
      expect(scale.toX(window.from)).toBeCloseTo(0);
      expect(scale.toX(window.to)).toBeCloseTo(width);
      let before = 0;
      for (let share = 0; share <= 50; share++) {
        const x = scale.toX(window.from + ((window.to - window.from) * share) / 50);
        expect(x).toBeGreaterThanOrEqual(before - 1e-6);
        before = x;
      }
    }),
  ));

test("converting a pixel to time and back returns the pixel", () =>
  fc.assert(
    fc.property(windows, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const scale = createScale(given.window, given.width, given.idle);
      const x = share * given.width;
      expect(scale.toX(scale.toTime(x))).toBeCloseTo(x, 1);
    }),
  ));

test("gaps lie within idle time, do not overlap and take at most half of the width", () =>
  fc.assert(
    fc.property(windows, ({ window, idle, width }) => {
      const { gaps } = createScale(window, width, idle);
      expect(gaps.reduce((sum, gap) => sum + gap.width, 0)).toBeLessThanOrEqual(width / 2);
      for (const [index, gap] of gaps.entries()) {
        expect(idle.some((range) => range.from <= gap.from && gap.to <= range.to)).toBe(true);
        const next = gaps[index + 1];
        if (next) expect(gap.x + gap.width).toBeLessThanOrEqual(next.x + 1e-6);
      }
    }),
  ));

test("ten idle hours shrink to a gap, so that a minute of work fills most of the width", () => {
  const idle = [{ from: 30_000, to: 10 * HOUR + 30_000 }];
  const scale = createScale({ from: 0, to: 10 * HOUR + 60_000 }, 800, idle);
  expect(scale.gaps).toHaveLength(1);
  expect(scale.toX(30_000)).toBeGreaterThan(250);
});

test("a wait that takes up little width is not hidden", () => {
  expect(createScale({ from: 0, to: 60_000 }, 800, [{ from: 0, to: 2_000 }]).gaps).toEqual([]);
});

test("ticks are spaced and never inside hidden time", () =>
  fc.assert(
    fc.property(windows, ({ window, idle, width }) => {
      const scale = createScale(window, width, idle);
      const { ticks } = listTicks(scale, 76);
      expect(ticks.length).toBeLessThanOrEqual(width / 60 + 1);
      for (const [index, tick] of ticks.entries()) {
        expect(scale.gaps.some((gap) => gap.from <= tick.at && tick.at <= gap.to)).toBe(false);
        const next = ticks[index + 1];
        if (next) expect(next.x - tick.x).toBeGreaterThan(60);
      }
    }),
  ));

test("days start at midnight in the reader's zone", () => {
  const offset = 5.5 * HOUR;
  const { ticks, precision } = listTicks(createScale({ from: 0, to: 96 * HOUR }, 400), 76, offset);
  expect(precision).toBe("day");
  expect(ticks.every((tick) => (tick.at + offset) % (24 * HOUR) === 0)).toBe(true);
});
