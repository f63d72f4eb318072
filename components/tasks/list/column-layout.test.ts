import { expect, test } from "vitest";
import { layOutColumns } from "./column-layout";

const row = (queue: number, worker: number) =>
  [
    { key: "state", width: { fixed: 100 } },
    { key: "queue", width: { text: queue } },
    { key: "worker", width: { text: worker } },
    { key: "why", width: "rest" },
  ] as const;
const lay = (available: number, queue: number, worker: number) =>
  Object.fromEntries(layOutColumns(row(queue, worker), available, ["worker", "queue"]));

test("a column is as wide as its longest text, and at least 80 pixels", () => {
  expect(lay(1_000, 150, 20)).toEqual({ state: 100, queue: 150, worker: 80, why: 670 });
});

test("no text is truncated while the row has space", () => {
  expect(lay(1_600, 400, 300)).toEqual({ state: 100, queue: 400, worker: 300, why: 800 });
});

test("texts are truncated before the main column is narrower than 280 pixels", () => {
  expect(lay(780, 400, 300)).toEqual({ state: 100, queue: 200, worker: 200, why: 280 });
  expect(lay(540, 400, 300)).toEqual({ state: 100, queue: 80, worker: 80, why: 280 });
});

test("short texts are shown in full before long ones get more space", () => {
  expect(lay(600, 95, 400)).toEqual({ state: 100, queue: 95, worker: 125, why: 280 });
});

test("columns are hidden in order once all texts have their minimum width", () => {
  expect(lay(530, 400, 300)).toEqual({ state: 100, queue: 150, why: 280 });
  expect(lay(459, 400, 300)).toEqual({ state: 100, why: 359 });
  expect(lay(300, 400, 300)).toEqual({ state: 100, why: 200 });
});

test("a column whose texts matter more keeps a greater width, up to its longest text", () => {
  const layName = (text: number) => {
    const columns = [
      { key: "name", width: { text, least: 140 } },
      { key: "queue", width: { text: 400 } },
      { key: "why", width: "rest" },
    ] as const;
    return Object.fromEntries(layOutColumns(columns, 500, ["queue"]));
  };
  expect(layName(400)).toEqual({ name: 140, queue: 80, why: 280 });
  expect(layName(100)).toEqual({ name: 100, queue: 120, why: 280 });
});
