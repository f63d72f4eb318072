import fc from "fast-check";
import { expect, test } from "vitest";
import {
  parseAsIdPrefix,
  parseAsIds,
  parseAsInstant,
  parseAsLimit,
  parseAsList,
  parseAsListOf,
  parseAsRange,
  rangeMilliseconds,
} from "./parsers";

test("a list of any items survives the URL", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1, unit: "grapheme" })), (items) => {
      expect(parseAsList.parse(parseAsList.serialize(items))).toEqual(items);
    }),
    { examples: [[["a,b", "100%", "%2C", "%25", "%252C", ","]]] },
  );
});

test("a list is parsed from repeated keys and from commas", () => {
  expect(parseAsList.parse(["a,b", "c", "", "a"])).toEqual(["a", "b", "c"]);
});

test("one unknown item makes a list invalid", () => {
  const parser = parseAsListOf(["failed", "pending"]);
  expect(parser.parse(["failed,pending"])).toEqual(["failed", "pending"]);
  expect(parser.parse(["failed,lost"])).toBeNull();
});

test("ids are UUIDs, at most 200", () => {
  const id = "019CBD00-0000-7000-8000-000000000001";
  expect(parseAsIds.parse([`${id},${id.toLowerCase()}`])).toContain(id.toLowerCase());
  expect(parseAsIds.parse(["019cbd00"])).toBeNull();
  const many = Array.from({ length: 201 }, () => crypto.randomUUID());
  expect(parseAsIds.parse([many.join(",")])).toBeNull();
  expect(parseAsIds.parse([many.slice(1).join(",")])).toEqual(many.slice(1));
});

test("an instant needs a zone and is normalized to UTC", () => {
  expect(parseAsInstant.parse("2026-03-02T14:00:00+02:00")).toBe("2026-03-02T12:00:00.000Z");
  for (const bad of ["2026-03-02", "2026-03-02T12:00:00", "yesterday", "2026-13-02T12:00:00Z", ""])
    expect(parseAsInstant.parse(bad)).toBeNull();
});

test("a range is a number and a unit", () => {
  expect(rangeMilliseconds("24h")).toBe(86_400_000);
  expect(parseAsRange.parse("15m")).toBe("15m");
  for (const bad of ["0m", "h", "-1d", "1.5h", "1y", "99999d"])
    expect(parseAsRange.parse(bad)).toBeNull();
});

test("an id prefix is hexadecimal with dashes in their places", () => {
  expect(parseAsIdPrefix.parse("019A7C3E-12")).toBe("019a7c3e-12");
  for (const bad of ["0", "019a7c3e1", "019a-", "xyz", "019a7c3e-1234-7000-8000-0000000000000"])
    expect(parseAsIdPrefix.parse(bad)).toBeNull();
});

test("a limit is between 1 and 200", () => {
  expect(parseAsLimit.parse("200")).toBe(200);
  for (const bad of ["0", "201", "-1", "1e2", "ten", ""])
    expect(parseAsLimit.parse(bad)).toBeNull();
});
