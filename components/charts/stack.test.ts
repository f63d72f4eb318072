import { expect, test } from "vitest";
import { addUp, cumulate, total } from "./stack";

test("each stacked series includes the series below it", () => {
  const lists = [
    [1, 0, 2],
    [10, 20, 30],
    [0, 5, 0],
  ];
  expect(cumulate(lists)).toEqual([
    [1, 0, 2],
    [11, 20, 32],
    [11, 25, 32],
  ]);
  expect(addUp(lists)).toEqual([11, 25, 32]);
  expect(addUp([])).toEqual([]);
  expect(total([1, 2, 3])).toBe(6);
});
