import { expect, test } from "vitest";
import { labelTicks, placeGaps } from "./axis-header";

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);

test("the first tick of each minute shows hour and minute", () => {
  const ticks = ["12:03:59.500", "12:03:59.750", "12:04:00.000", "12:04:00.250"].map(at);
  expect(labelTicks(ticks, "UTC", "millisecond")).toEqual([
    ...["12:03:59.500", "59.750", "12:04:00", "00.250"],
  ]);
  expect(labelTicks([at("12:03:30"), at("12:04:00")], "UTC", "second")).toEqual([
    ...["12:03:30", "12:04:00"],
  ]);
});

test("the first tick of each day shows the date in the reader's zone", () => {
  const hours = ["12:00", "18:00"].map((time) => at(`${time}:00`));
  const ticks = [...hours, ...hours.map((one) => one + 12 * 3_600_000)];
  expect(labelTicks(ticks, "UTC", "minute")).toEqual(["12:00", "18:00", "03-03 00:00", "06:00"]);
  expect(labelTicks(ticks, "Europe/Berlin", "minute")).toEqual([
    ...["13:00", "19:00", "03-03 01:00", "07:00"],
  ]);
});

test("every hidden gap shows its length, and no label covers another", () => {
  const length = 98 * 60_000;
  const gaps = [0, 40, 80, 300].map((x) => ({ x, width: 32, from: x, to: x + length }));
  const tags = placeGaps({ gaps, width: 500 }, []);
  expect(tags.map(({ text }) => text)).toEqual(["1 h", "1 h", "1 h", "1 h 38 min idle"]);
  for (const [index, tag] of tags.entries())
    expect(tag.x - tag.width / 2).toBeGreaterThan(
      index === 0 ? 0 : (tags[index - 1]?.x ?? 0) + (tags[index - 1]?.width ?? 0) / 2,
    );
});

test("a label at the end of the axis is shortened for the next one", () => {
  const gap = (x: number, seconds: number) => ({ x, width: 12, from: 0, to: seconds * 1_000 });
  const tags = placeGaps({ gaps: [gap(525, 118), gap(573, 180)], width: 631 }, []);
  expect(tags.map(({ text }) => text)).toEqual(["118 s", "3 min"]);
});

test("the label of a hidden gap at the now-line is beside the time of now, not under it", () => {
  const now = { x: 300, width: 60, text: "12:00:00" };
  const gap = (x: number) => ({ x, width: 12, from: 0, to: 7 * 60_000 });
  const place = (x: number) => placeGaps({ gaps: [gap(x)], width: 600 }, [now])[0];
  for (const [x, side] of [
    [286, -1],
    [304, 1],
  ] as const) {
    const tag = place(x);
    expect(tag?.text).toMatch(/^7 min/);
    expect(((tag?.x ?? 0) - now.x) * side).toBeGreaterThanOrEqual(
      (now.width + (tag?.width ?? 0)) / 2,
    );
  }
});

test("a label without space on either side of the time of now is left out", () => {
  const now = (x: number) => ({ x, width: 60, text: "12:00:00" });
  const gap = (x: number) => ({ x, width: 12, from: 0, to: 7 * 60_000 });
  const texts = (gaps: number[], at: number, width: number) =>
    placeGaps({ gaps: gaps.map(gap), width }, [now(at)]).map(({ text }) => text);
  expect(texts([44], 50, 100)).toEqual([]);
  expect(texts([20, 244], 250, 300)).toEqual(["7 min idle", "7 min idle"]);
  expect(texts([100, 244], 180, 212)).toEqual(["7 min idle"]);
});
