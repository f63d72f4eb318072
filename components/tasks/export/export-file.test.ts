import { expect, test } from "vitest";
import { lineCounter } from "./export-file";

test("line breaks inside quoted CSV values are not counted", () => {
  const count = lineCounter("csv");
  expect(count('name\r\n"two\nlines, ""quo')).toBe(1);
  expect(count('ted"""\r\nplain\r\n')).toBe(3);
});

test("line breaks after escaped quotes in NDJSON are counted", () => {
  expect(lineCounter("ndjson")('{"a":"5\\" pipe"}\n{"a":1}\n')).toBe(2);
});
