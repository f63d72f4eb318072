import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../model/json.ts";
import { evaluateCondition, parseExpression } from "./expression.ts";
import { fillTemplates, type Lookup, parsePath, parseTemplate, TemplateError } from "./template.ts";

const KNOWN: JsonObject = {
  n: 5,
  text: " 5 ",
  yes: "TRUE",
  list: ["a", 1],
  map: { key: { deep: [1, 2] }, "with space": 1 },
  none: null,
  big: 9007199254740993n,
};
const lookup: Lookup = (path) => {
  const value = path.reduce<Json | undefined>(
    (at, step) => (at as Record<string, Json> | undefined)?.[step],
    KNOWN,
  );
  if (value === undefined) throw new TemplateError(`no ${path.join(".")}`);
  return value;
};

test.each<[string, boolean]>([
  ["{{ n }} > 4", true],
  ["n >= 5 and n <= 5", true],
  ["n < 5 or not n == 6", true],
  ["{{ text }} == 5", true],
  ["text != '5'", false],
  ["yes == true", true],
  ["'10' < 9", false],
  ["'10' < '9'", true],
  ["'a' in list", true],
  ["'1' in list", true],
  ["'b' not in list", true],
  ["list contains 'a'", true],
  ["map contains 'key'", true],
  ["map.key.deep[1] == 2", true],
  ['map["with space"] == 1', true],
  ["none == null", true],
  ["none", false],
  ["'false'", false],
  ["[]", false],
  ["[1, n] == [1, 5]", true],
  ["not (n > 4 and false)", true],
  ["'{{ n }} apples' == '5 apples'", true],
  ["$" + "{n} == 5", true],
  ["-1 < 0", true],
  ["big > 9007199254740992", true],
  ["True and None == null", true],
])("%s is %s", (text, holds) => {
  expect(evaluateCondition(text, lookup)).toBe(holds);
});

test.each([
  "",
  "n >",
  "n = 5",
  "n && n",
  "(n",
  "n n",
  "[1 2]",
  "f(1)",
  "unknown == 1",
  "{{ n + 1 }}",
  "map < 1",
  "1 contains 1",
])("%s is refused", (text) => {
  expect(() => parseExpression(text)(lookup)).toThrow(TemplateError);
});

test("a single template keeps its type; in text it is inserted", () => {
  const value = { a: "{{ map.key }}", b: ["n=$" + "{ n }", "{{list}} {{none}}"], c: 1 };
  expect(fillTemplates(value, lookup)).toEqual({
    a: { deep: [1, 2] },
    b: ["n=5", '["a",1] null'],
    c: 1,
  });
});

test("escapes are literal text, and a dollar sign may precede a template", () => {
  const dollar = "$" + "{";
  const value = [
    `echo $${dollar}HOME}`,
    "{{{{ n }}",
    `$${dollar}{ n }}`,
    `${dollar}{ n }}`,
    "{{ n }",
  ];
  expect(fillTemplates(value, lookup)).toEqual([
    `echo ${dollar}HOME}`,
    "{{ n }}",
    `${dollar}{ n }}`,
    "$5",
    "{{ n }",
  ]);
  expect(evaluateCondition(`'$${dollar}n}' == '{{{{n}}'`, lookup)).toBe(false);
});

test.each(["n == 007", "{{ }}", "'{{ a | b }}' == 1", "{{ n }} == {{ 1 + }}", "n < 1e999"])(
  "%s is refused before it is evaluated",
  (text) => {
    expect(() => parseExpression(text)).toThrow(TemplateError);
  },
);

test("an expression may be long, but not nested without limit", () => {
  const long = `n == 6${" or n == 5 and n > 1".repeat(20_000)}`;
  expect(evaluateCondition(long, lookup)).toBe(true);
  expect(evaluateCondition(`${"not ".repeat(20_001)}n`, lookup)).toBe(false);
  expect(evaluateCondition(`${"(".repeat(100)}n${")".repeat(100)}`, lookup)).toBe(true);
  for (const [open, close] of ["()", "[]"])
    expect(() => parseExpression(`${open?.repeat(20_000)}n${close?.repeat(20_000)}`)).toThrow(
      "nested more than 100 levels deep",
    );
});

test.each(["", "a b", "a..b", "a.b()", "1a", "a[b]"])("'%s' is not a path", (text) => {
  expect(() => parsePath(text)).toThrow(TemplateError);
});

describe("templates in a text", () => {
  const WHOLE = /\$(\$\{)|\{\{(\{\{)|\{\{(.*?)\}\}|\$\{(?!\{)(.*?)\}/gs;

  test("are the same as those that one expression finds in the whole text", () => {
    const part = fc.constantFrom("{{", "}}", "${", "$", "{", "}", "a", " ", "{{ a }}", `$${"{a}"}`);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const expected: string[] = [];
        let at = 0;
        try {
          for (const match of text.matchAll(WHOLE)) {
            const [whole, dollar, braces, path, dollarPath] = match;
            expected.push(text.slice(at, match.index));
            expected.push(dollar ?? braces ?? JSON.stringify(parsePath(path ?? dollarPath ?? "")));
            at = match.index + whole.length;
          }
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
          expect(() => parseTemplate(text)).toThrow(TemplateError);
          return;
        }
        expected.push(text.slice(at));
        const found = parseTemplate(text).parts.map((one) =>
          typeof one === "string" ? one : JSON.stringify(one),
        );
        expect(found.join("|")).toBe(expected.filter(Boolean).join("|"));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(["{{ ", "${ ", "{{ }", "${", "{{", "$", "{"])("%j repeated", (part) => {
    const started = performance.now();
    expect(parseTemplate(part.repeat(500_000)).parts.length).toBeGreaterThan(0);
    // Quadratic time would take minutes.
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
