import { describe, expect, test } from "vitest";
import { parseWorkflow } from "./parse.ts";
import { needsQuotes, parseYaml } from "./yaml.ts";

/** The results of PyYAML 6.0. */
test.each<[string, unknown]>([
  ["e1", "e1"],
  ["E10", "E10"],
  ["7e10", "7e10"],
  ["1.5e3", "1.5e3"],
  ["1.5e+3", 1500],
  ["1_000", 1000],
  ["0x1f", 31],
  ["0b101", 5],
  ["0755", 493],
  ["0o17", "0o17"],
  ["012345678901", "012345678901"],
  ["00089", "00089"],
  ["1:30", 90],
  ["09:30", "09:30"],
  ["1:30.5", 90.5],
  ["-1_0.5", -10.5],
  [".5", 0.5],
  ["1.", 1],
  ["12345678901234567890", 12345678901234567890n],
  ["yes", true],
  ["Off", false],
  ["y", "y"],
  ["N", "N"],
  ["~", null],
  ["Null", null],
  ["", null],
  ["nUll", "nUll"],
  ["2025-01-01", "2025-01-01"],
  ["'7'", "7"],
  ["!!str 7", "7"],
  ["!!int '7'", 7],
  ["!!float 7", 7],
  ["! 7", "7"],
])("%s", (text, value) => {
  expect(parseYaml(`a: ${text}\n`)).toEqual({ value: { a: value }, problems: [] });
});

test.each([
  ["two documents", "a: 1\n---\nb: 2\n", "only one is allowed"],
  ["an unknown tag", "a: !secret x", "!secret is not supported (line 1"],
  ["a type of YAML that JSON lacks", "a: !!binary aGk=", "!!binary is not supported"],
  ["a set", "a: !!set {x}", "!!set is not supported"],
  ["infinity", "a: -.inf", "JSON has no number -.inf"],
  ["not a number", "a: .NaN", "JSON has no number .NaN"],
  ["a key twice", "a: {b: 1, b: 1}", "'b' occurs twice"],
  ["a number and its text as keys", "{1: a, '1': b}", "'1' occurs twice"],
  ["a list as a key", "? [a]\n: b", "A key must be a scalar"],
  ["an unknown anchor", "a: *b", "There is no anchor &b"],
  ["a merge of a text", "a: {<<: b}", "<< needs a mapping"],
  ["text that is not YAML", "a: [1", "This is not YAML"],
])("%s is an error", (_, text, message) => {
  const { value, problems } = parseYaml(text);
  expect(value).toBeUndefined();
  expect(problems.map((problem) => problem.message).join()).toContain(message);
  expect(problems[0]).toMatchObject({ code: "syntax", severity: "error" });
});

test("keys become text; one that parses as another type is a warning", () => {
  const { value, problems } = parseYaml("{no: b, ~: d, 200: c, 0x1f: e}");
  expect(value).toEqual({ false: "b", null: "d", 200: "c", 31: "e" });
  expect(problems).toMatchObject([
    { path: "false", code: "key_type", severity: "warning", hint: "write 'no' if text is meant" },
    { code: "key_type", severity: "warning", hint: "write '0x1f' if text is meant" },
  ]);
});

describe("anchors and merges", () => {
  test("own keys win over merged ones, and earlier sources over later ones", () => {
    const text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {z: 3, <<: [*a, *b]}\n";
    const { c } = parseYaml(text).value as { c: object };
    expect(c).toEqual({ x: 1, y: 1, z: 3 });
  });

  test("objects that an alias repeats are one object, and a later anchor replaces an earlier one", () => {
    const { b, c, d } = parseYaml("a: &x [1]\nb: *x\nc: &x [2]\nd: *x\n").value as Record<
      string,
      unknown
    >;
    expect(b).toEqual([1]);
    expect(d).toBe(c);
  });

  test("a quoted << is a key", () => {
    expect(parseYaml("'<<': {a: 1}").value).toEqual({ "<<": { a: 1 } });
  });
});

test("deep text is an error, not a crash", () => {
  expect(parseYaml("[".repeat(100_000)).problems.length).toBeLessThanOrEqual(20);
  expect(
    parseWorkflow(`name: a\nvariables: {a: ${"[".repeat(150)}${"]".repeat(150)}}`).problems,
  ).toMatchObject([{ code: "too_deep" }]);
});

test.each([
  ...["a: {", "{a: ", "a: [", "- ", "? ", "- - ", "a: - "].map((part) => [part, 5_000] as const),
  ...['"', "&a ", "*a ", "! ", '"a" ', "}", "]", "%a\n", "---\n", "a: b: "].map(
    (part) => [part, 150_000] as const,
  ),
])("%j %d times is an error within seconds", (part, times) => {
  const text = part.repeat(times);
  const started = performance.now();
  const { problems } = parseYaml(text);
  expect(problems[0]).toMatchObject({ code: "syntax", severity: "error" });
  expect(problems.length).toBeLessThanOrEqual(20);
  // Quadratic time would take minutes.
  expect(performance.now() - started).toBeLessThan(30_000);
});

test("an error has its position", () => {
  expect(parseYaml("a: 1\nb: [1\nc: 2\n").problems[0]?.message).toMatch(/at line 3, column 1$/);
});

test("text that would parse as another type needs quotes", () => {
  const words = ["yes", "1:30", "0x1f", "~", "", "2025-01-01", "=", "<<", ".5"];
  expect(words.filter((word) => !needsQuotes(word))).toEqual([]);
  expect(["e1", "y", "09:30", "{{ x }}", "a: b"].filter(needsQuotes)).toEqual([]);
});

test("a key that occurs twice in JSON with other values is an error", () => {
  const text = '{"name": "a", "tasks": {"t": {"task_id": "t"}, "t": {"task_id": "u"}}}';
  expect(parseWorkflow(text).problems).toMatchObject([
    { code: "syntax", message: expect.stringContaining("Duplicate key 't'") },
  ]);
});
