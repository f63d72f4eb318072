import fc from "fast-check";
import { stringify } from "lossless-json";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import type { Json } from "../../model/json.ts";
import { InvalidArgumentError } from "../errors.ts";
import { parseJson, stringifyJson } from "./json.ts";

test("integers beyond the safe range survive a round trip as bigint", () => {
  const text = '{"a":9007199254740993,"b":[-18446744073709551616],"c":9007199254740991,"d":1.5}';
  expect(parseJson(text)).toEqual({
    a: 9007199254740993n,
    b: [-18446744073709551616n],
    c: 9007199254740991,
    d: 1.5,
  });
  expect(stringifyJson(parseJson(text))).toBe(text);
});

test("a fraction of many digits becomes the nearest double", () => {
  expect(parseJson("0.1234567890123456789")).toBe(0.12345678901234568);
});

test("a number too large for a double is an integer or an error, never Infinity", () => {
  expect(parseJson(`1${"0".repeat(400)}`)).toBe(10n ** 400n);
  expect(() => parseJson("1e400")).toThrow(SyntaxError);
  // Converting it would take a time that grows with the square of its digits.
  expect(() => parseJson(`[${"9".repeat(1_000_000)}]`)).toThrow(SyntaxError);
});

test.each(['{"__proto__":{"x":1}}', '{"__proto__":{"x":9007199254740993}}'])(
  "a key named __proto__ is data: %s",
  (text) => {
    const value = parseJson(text) as { [key: string]: Json };
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect((value as { x?: unknown }).x).toBeUndefined();
    expect(stringifyJson(value)).toBe(text);
  },
);

test("the last of several equal keys wins", () => {
  expect(parseJson('{"a":1,"a":9007199254740993}')).toEqual({ a: 9007199254740993n });
});

test.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  [Number.NaN],
  undefined,
  () => 1,
  { a: Symbol("s") },
])("%s is refused instead of becoming null", (value) => {
  expect(() => stringifyJson(value as Json)).toThrow(InvalidArgumentError);
});

test("plain values are written as the library writes them, which is slower", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(stringifyJson(value as Json)).toBe(stringify(value));
    }),
  );
  const at = new Date(0);
  for (const value of [{ at }, { toJSON: 1 }, [-0], { a: undefined, b: [10n ** 30n] }])
    expect(stringifyJson(value as unknown as Json)).toBe(stringify(value));
  let deep: Json = [];
  for (let level = 0; level < 600; level++) deep = [deep];
  expect(stringifyJson(deep)).toBe(stringify(deep));
});

test("a circular value is refused", () => {
  const loop: Json[] = [];
  loop.push(loop);
  expect(() => stringifyJson(loop)).toThrow(InvalidArgumentError);
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(() => database.drop());

test("values survive a round trip through jsonb", async () => {
  const text = fc
    .string({ unit: "binary" })
    .map((text) => text.replace(/[\0\p{Surrogate}]/gu, "?"));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => {
    if (Object.is(value, -0)) return 0;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
  });
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.oneof(text, number, fc.bigInt({ min: 2n ** 53n }), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 5 }),
      fc.dictionary(fc.oneof(text, fc.constant("__proto__")), tie("value"), {
        maxKeys: 5,
        noNullPrototype: true,
      }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(value, async (value) => {
      const { rows } = await database.pool.query("select $1::jsonb::text as text", [
        stringifyJson(value),
      ]);
      expect(parseJson(rows[0].text)).toEqual(value);
    }),
    { numRuns: 300 },
  );
});
