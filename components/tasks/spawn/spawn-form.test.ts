import { expect, test } from "vitest";
import { EMPTY_FORM, readSpawnJson, toSpawnInput, toSpawnJson } from "./spawn-form";

test("empty fields are left out, and no limit is null", () => {
  expect(toSpawnInput({ ...EMPTY_FORM, name: " a ", maxAttempts: "" })).toEqual({
    name: "a",
    params: "{}",
    maxAttempts: null,
  });
});

test("numbers are read where they were typed", () => {
  const form = {
    ...EMPTY_FORM,
    name: "a",
    kind: "fixed" as const,
    baseSeconds: "1.5",
    maxDelaySeconds: "60",
  };
  expect(toSpawnInput(form)).toMatchObject({
    retryStrategy: { kind: "fixed", baseSeconds: 1.5 },
    cancellation: { maxDelaySeconds: 60 },
  });
});

test("as JSON and back it is the same, large numbers exact", () => {
  const params = '{"id": 12345678901234567890, "x": 1.10}';
  const form = { ...EMPTY_FORM, name: "a", params, headers: '{"t": 1}', idempotencyKey: "k" };
  const read = readSpawnJson(toSpawnJson(form));
  expect(read).toMatchObject({ name: "a", maxAttempts: 5, idempotencyKey: "k" });
  if ("problem" in read) throw new Error(read.problem);
  expect(read.params.replace(/\s+/g, "")).toBe(params.replace(/\s+/g, ""));
  expect(read.headers?.replace(/\s+/g, "")).toBe('{"t":1}');
});

test.each([
  ["{", "This is not JSON"],
  ["[]", "It has to be an object with a name"],
  ["{}", "The name is missing"],
  ['{"name": "a", "queue": "b"}', "There is no key “queue”"],
])("%s is told what is wrong with it", (text, problem) => {
  expect(readSpawnJson(text)).toEqual({ problem: expect.stringContaining(problem) });
});
