import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findLines,
  getValueAt,
  joinPath,
  listLines,
  listPathsBelow,
  parseExactly,
  printExactly,
  printString,
} from "./json-model";

const NONE = new Set<string>();

function lines(text: string, folded: ReadonlySet<string> = NONE) {
  const parsed = parseExactly(text);
  if (!parsed) throw new Error("no JSON");
  return listLines(parsed.value, folded);
}

const printed = (text: string, folded?: ReadonlySet<string>) =>
  lines(text, folded)
    .map(
      (line) =>
        `${"  ".repeat(line.depth)}${line.key === null ? "" : `${JSON.stringify(line.key)}: `}${line.text}${line.comma ? "," : ""}`,
    )
    .join("\n");

describe("the lines of a JSON document", () => {
  test("are the same JSON document", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(printed(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("keep every digit of a number", () => {
    const text =
      '{"seq": 900719925474099312345, "rate": 0.1000000000000000055511151231257827, "e": 1e400}';
    expect(lines(text).flatMap((line) => (line.kind === "number" ? [line.text] : []))).toEqual([
      "900719925474099312345",
      "0.1000000000000000055511151231257827",
      "1e400",
    ]);
  });

  test("show a folded container with its size", () => {
    expect(printed('{"a":{"b":1,"c":[1,2,3]},"d":[]}', new Set(["a"]))).toBe(
      '{\n  "a": { 2 keys },\n  "d": []\n}',
    );
  });

  test("handle nesting that would overflow the call stack, and keep markup as text", () => {
    const depth = 3_000;
    expect(lines("[".repeat(depth) + "]".repeat(depth))).toHaveLength(2 * depth - 1);
    expect(printed('"</script><script>alert(1)</script>\\u2028"')).toContain("</script>");
  });

  test("have paths that resolve to their values", () => {
    const text = '{"a b":[{"x.y":1}],"a":{"b":[[7]]},"":{"":2}}';
    const root = parseExactly(text)?.value;
    for (const line of lines(text)) {
      if (line.kind === "number") expect(String(getValueAt(root, line.path))).toBe(line.text);
    }
    expect(joinPath("a", "b c")).toBe('a["b c"]');
  });
});

test("invalid JSON is distinguished from null", () => {
  expect(parseExactly("{")).toBeUndefined();
  expect(parseExactly("null")).toEqual({ value: null });
});

test("a copied value keeps every digit", () => {
  const root = parseExactly('{"a":{"n":90071992547409931}}')?.value;
  expect(printExactly(getValueAt(root, "a"))).toBe('{\n  "n": 90071992547409931\n}');
});

test("search finds keys and values, not closing brackets", () => {
  const document = lines('{"Order":{"id":"ord_1"},"x":"]"}');
  expect(findLines(document, "ord").map((index) => document[index]?.path)).toEqual([
    "Order",
    "Order.id",
  ]);
  expect(findLines(document, "")).toEqual([]);
  expect(listPathsBelow(parseExactly('{"a":{"b":{}},"c":{"d":{"e":1}}}')?.value, 2)).toEqual([
    "c.d",
  ]);
});

test("characters that reorder or hide text are shown escaped, and copied unchanged", () => {
  const text = JSON.stringify({ "a\u202Eb": "x\u2066y\u200Bz", ok: "שלום" });
  expect(lines(text).map((line) => line.text)).toEqual([
    "{",
    String.raw`"x\u2066y\u200bz"`,
    '"שלום"',
    "}",
  ]);
  expect(JSON.parse(lines(text)[1]?.text ?? "")).toBe("x\u2066y\u200Bz");
  expect(getValueAt(parseExactly(text)?.value, "ok")).toBe("שלום");
  expect(printString("a\u202Eb")).toBe(String.raw`"a\u202eb"`);
});
