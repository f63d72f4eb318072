import { expect, test } from "vitest";
import { parseAsWidths } from "./column-choice";

test("widths survive the address, whatever a column's path has", () => {
  const widths = { worker: 220, 'path params."a:b,c".x': 90 };
  expect(parseAsWidths.parse(parseAsWidths.serialize(widths))).toEqual(widths);
});

test("what is malformed is left out, and widths have bounds", () => {
  expect(parseAsWidths.parse("worker:9999,queue:1,x,:5,a:b:7,%zz:80,age:-3")).toEqual({
    worker: 900,
    queue: 60,
    "%zz": 80,
  });
});
