import { expect, test } from "vitest";
import type { Json } from "@/lib/model/json";
import { restoreRedacted } from "./restore";
import { parseRules } from "./rules";

const rules = parseRules("password,token");
if (!rules) throw new Error("not rules");
const original =
  '{"users": [{"password": "one"}, {"password": "two"}], "id": 12345678901234567890}';
const restore = (edited: Json, from: string | null = original) =>
  restoreRedacted(rules, "params", edited, from);

test("redacted values are restored, and new values replace their masks", () => {
  expect(
    restore({ users: [{ password: "[redacted 1]" }, { password: "new" }], note: "added" }),
  ).toEqual({ users: [{ password: "one" }, { password: "new" }], note: "added" });
});

test("removing an element does not shift the masks of the others", () => {
  expect(restore({ users: [{ password: "[redacted 2]" }] })).toEqual({
    users: [{ password: "two" }],
  });
});

test("a mask may move to another redacted key, but not to where its value would be visible", () => {
  expect(restore({ token: "[redacted 1]" })).toEqual({ token: "one" });
  expect(() => restore({ note: "[redacted 1]" })).toThrow(
    "The redacted value at note was moved to where it would be visible.",
  );
  expect(() => restore("[redacted 1]")).toThrow("the whole value");
});

test("a mask is never stored", () => {
  expect(() => restore({ password: "[redacted 3]" })).toThrow("no redacted value to restore");
  expect(() => restore({ password: "[redacted 1]" }, null)).toThrow("no redacted value to restore");
  expect(() => restore({ password: "x[redacted 1]" })).toThrow("no redacted value to restore");
});

test("a string that contains JSON is restored unchanged", () => {
  const body = '{"password":"x"}';
  const from = JSON.stringify({ body, other: 1 });
  expect(restore({ body: "[redacted 1]", other: 2 }, from)).toEqual({ body, other: 2 });
});
