import { expect, test } from "vitest";
import { fieldProblem, fromInputs, listFields, takenAs, toInputs, toTags } from "./input-form";

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

test("kinds are told from defaults; without one it is needed", () => {
  expect(fields.map(({ kind, isRequired }) => `${kind}${isRequired ? "!" : ""}`)).toEqual([
    "text",
    "number",
    "switch",
    "json",
    "json",
    "any!",
  ]);
});

test("only what is needed or was changed is sent, exact to the last digit", () => {
  const id = "12345678901234567890";
  expect(JSON.parse(toInputs(fields, { region: "eu", limit: "11", id: "A-1" }))).toEqual({
    limit: 11,
    id: "A-1",
  });
  expect(toInputs(fields, { id, rows: "[ 1.10 ]" })).toBe(`{ "rows": [ 1.10 ], "id": ${id} }`);
  expect(toInputs(fields, {})).toBe("{}");
});

test("what cannot be sent is told", () => {
  expect(fieldProblem(field("id"), " ")).toBe("Needed");
  expect(fieldProblem(field("limit"), "1e")).toBe("A number");
  expect(fieldProblem(field("rows"), "[1")).toContain("not JSON");
  expect(fieldProblem(field("region"), "")).toBeNull();
  expect(["", "12", '"12"', "A-1", "[1]", "{}", "true", "null"].map(takenAs)).toEqual([
    "Text, or JSON",
    "Taken as a number; for text put it in quotes",
    "Taken as text, without the quotes",
    "Taken as text",
    "Taken as a list",
    "Taken as an object",
    "Taken as a switch",
    "Taken as null",
  ]);
});

test("inputs of an earlier run come back as they were", () => {
  const given = '{"region": "us", "limit": 3, "id": "12", "rows": {"a": 1}}';
  const texts = fromInputs(fields, given);
  expect(JSON.parse(toInputs(fields, texts ?? {}))).toEqual(JSON.parse(given));
  expect(fromInputs(fields, '{"other": 1}')).toBeNull();
  expect(fromInputs(fields, '{"region": 1}')).toBeNull();
});

test("tags are lines of key=value", () => {
  expect(toTags(" a=b \n\n c = d=e ")).toBe('{"a":"b","c":"d=e"}');
  expect(toTags("")).toBe("");
  expect(toTags("a")).toBeUndefined();
});
