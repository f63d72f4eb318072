import { expect, test } from "vitest";
import {
  describeParsing,
  findProblem,
  fromInputs,
  listFields,
  toInputs,
  toTags,
} from "./input-form";

const fields = listFields([
  { name: "region", default: "eu" },
  { name: "limit", default: 10 },
  { name: "force", default: false },
  { name: "rows", default: [1, 2] },
  { name: "nothing", default: null },
  { name: "id" },
]);
const field = (name: string) => {
  const found = fields.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

test("the kind is derived from the default, and an input without one is required", () => {
  expect(fields.map(({ kind, isRequired }) => `${kind}${isRequired ? "!" : ""}`)).toEqual([
    "text",
    "number",
    "switch",
    "json",
    "json",
    "any!",
  ]);
});

test("an input may be named like an inherited object member", () => {
  const inherited = listFields([{ name: "constructor", default: "a" }, { name: "__proto__" }]);
  expect(JSON.parse(toInputs(inherited, {}))).toEqual({});
});

test("only required and changed inputs are sent, and numbers stay exact", () => {
  const id = "12345678901234567890";
  expect(JSON.parse(toInputs(fields, { region: "eu", limit: "11", id: "A-1" }))).toEqual({
    limit: 11,
    id: "A-1",
  });
  expect(toInputs(fields, { id, rows: "[ 1.10 ]" })).toBe(`{ "rows": [ 1.10 ], "id": ${id} }`);
  expect(toInputs(fields, {})).toBe("{}");
});

test("invalid texts are reported", () => {
  expect(findProblem(field("id"), " ")).toBe("Required");
  expect(findProblem(field("limit"), "1e")).toBe("Not a number");
  expect(findProblem(field("rows"), "[1")).toContain("Not JSON");
  expect(findProblem(field("region"), "")).toBeNull();
  expect(["", "12", '"12"', "A-1", "[1]", "{}", "true", "null"].map(describeParsing)).toEqual([
    "Text or JSON",
    "Sent as a number; put text in quotes",
    "Sent as text, without the quotes",
    "Sent as text",
    "Sent as a list",
    "Sent as an object",
    "Sent as a boolean",
    "Sent as null",
  ]);
});

test("inputs of an earlier run are restored", () => {
  const given = '{"region": "us", "limit": 3, "id": "12", "rows": {"a": 1}}';
  const texts = fromInputs(fields, given);
  expect(JSON.parse(toInputs(fields, texts ?? {}))).toEqual(JSON.parse(given));
  expect(fromInputs(fields, '{"other": 1}')).toBeNull();
  expect(fromInputs(fields, '{"region": 1}')).toBeNull();
});

test("tags are parsed from lines of key=value", () => {
  expect(toTags(" a=b \n\n c = d=e ")).toBe('{"a":"b","c":"d=e"}');
  expect(toTags("")).toBe("");
  expect(toTags("a")).toBeUndefined();
});
