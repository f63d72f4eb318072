import { expect, test } from "vitest";
import { placeLabel } from "./bar-label";

const place = (left: number, right: number, nowX: number | null) =>
  placeLabel(100, left, right, left, { width: 1_000, nowX });

test("the label of a finished span ends before the now-line", () => {
  expect(place(300, 400, 450)).toMatchObject({ x: 292, anchor: "end" });
  expect(place(300, 330, 900)).toMatchObject({ x: 338, anchor: "start", room: 562 });
  expect(place(20, 60, 150)).toMatchObject({ anchor: "start", room: 82 });
});

test("the label of a bar that reaches now is placed after the line", () => {
  expect(place(300, 450, 450)).toMatchObject({ x: 458, anchor: "start" });
  expect(place(300, 400, null)).toMatchObject({ x: 408, anchor: "start" });
});
