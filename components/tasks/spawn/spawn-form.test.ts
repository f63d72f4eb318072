import { expect, test } from "vitest";
import { EMPTY_FORM, parseSpawnJson, toSpawnInput, toSpawnJson } from "./spawn-form";

test("empty fields are omitted, and an empty limit is null", () => {
  expect(toSpawnInput({ ...EMPTY_FORM, name: " a ", maxAttempts: "" })).toEqual({
    name: "a",
    params: "{}",
    maxAttempts: null,
  });
});

test("numeric fields are parsed", () => {
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

test("the form survives a round trip through JSON, with big numbers exact", () => {
  const params = '{"id": 12345678901234567890, "x": 1.10}';
  const form = { ...EMPTY_FORM, name: "a", params, headers: '{"t": 1}', idempotencyKey: "k" };
  const parsed = parseSpawnJson(toSpawnJson(form));
  expect(parsed).toMatchObject({ name: "a", maxAttempts: 5, idempotencyKey: "k" });
  if ("problem" in parsed) throw new Error(parsed.problem);
  expect(parsed.params.replace(/\s+/g, "")).toBe(params.replace(/\s+/g, ""));
  expect(parsed.headers?.replace(/\s+/g, "")).toBe('{"t":1}');
});

test.each([
  ["{", "Not valid JSON"],
  ["[]", "Must be an object with a name"],
  ["{}", "Name is missing"],
  ['{"name": "a", "queue": "b"}', "Unknown key “queue”"],
])("%s is rejected: %s", (text, problem) => {
  expect(parseSpawnJson(text)).toEqual({ problem: expect.stringContaining(problem) });
});
