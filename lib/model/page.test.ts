import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCursor, PLACE, parseCursor } from "./page";

const id = "01890a5d-ac96-774b-bcce-b302099a8057";

test("a cursor round-trips", () => {
  const direction = fc.constantFrom("older" as const, "newer" as const);
  const part = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(direction, part, part, (way, name, queue) => {
      const cursor = formatCursor(way, name, queue);
      expect(parseCursor(cursor, [PLACE.text, PLACE.text])).toEqual({
        direction: way,
        place: [name, queue],
      });
      expect(parseCursor(cursor, [PLACE.text])).toBeNull();
    }),
  );
});

test("the cursor of a list sorted by id is human-readable", () => {
  expect(formatCursor("older", id)).toBe(`o.${id}`);
});

test("cursors of the first version still work", () => {
  expect(parseCursor(`n.${id}`, [PLACE.id])).toEqual({ direction: "newer", place: [id] });
  const old = Buffer.from(JSON.stringify(["older", "infinity", id])).toString("base64url");
  expect(parseCursor(old, [PLACE.time, PLACE.id])).toEqual({
    direction: "older",
    place: ["infinity", id],
  });
});

test.each([
  "",
  "o",
  "o.",
  `x.${id}`,
  `o.${id.toUpperCase()}`,
  `o.${id}.${id}`,
  "o.%",
  "bm90IGpzb24",
  Buffer.from('["older", 1]').toString("base64url"),
  Buffer.from('{"a":1}').toString("base64url"),
])("%j is not a cursor of a list sorted by id", (cursor) => {
  expect(parseCursor(cursor, [PLACE.id])).toBeNull();
});

test("each part of a cursor is validated", () => {
  expect(PLACE.time("2026-01-02 03:04:05.678901+00")).toBe(true);
  expect(PLACE.time("now")).toBe(false);
  expect(PLACE.integer("-1")).toBe(true);
  expect(PLACE.integer("1.5")).toBe(false);
  // The longest duration that a list is sorted by, and the ends of PostgreSQL's bigint.
  expect(PLACE.integer("9000000000000000000")).toBe(true);
  expect(PLACE.integer("-9223372036854775808")).toBe(true);
  expect(PLACE.integer("9223372036854775808")).toBe(false);
  expect(PLACE.instant("2026-01-02T03:04:05.678Z")).toBe(true);
  expect(PLACE.instant("2026-13-02T03:04:05.678Z")).toBe(false);
});
