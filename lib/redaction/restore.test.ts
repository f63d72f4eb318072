import { expect, test } from "vitest";
import type { Json } from "@/lib/model/json";
import { restoreHidden } from "./restore";
import { parseRules } from "./rules";

const rules = parseRules("password,token");
if (!rules) throw new Error("not rules");
const original =
  '{"users": [{"password": "one"}, {"password": "two"}], "id": 12345678901234567890}';
const restore = (edited: Json, from: string | null = original) =>
  restoreHidden(rules, "params", edited, from);

test("hidden values come back, and new ones count", () => {
  expect(
    restore({ users: [{ password: "[redacted 1]" }, { password: "new" }], note: "added" }),
  ).toEqual({ users: [{ password: "one" }, { password: "new" }], note: "added" });
});

test("an element that was taken out does not shift the others", () => {
  expect(restore({ users: [{ password: "[redacted 2]" }] })).toEqual({
    users: [{ password: "two" }],
  });
});

test("a mask may move to another hidden key, but not to where its value would be seen", () => {
  expect(restore({ token: "[redacted 1]" })).toEqual({ token: "one" });
  expect(() => restore({ note: "[redacted 1]" })).toThrow(
    "The hidden value at note was moved to where it would be seen.",
  );
  expect(() => restore("[redacted 1]")).toThrow("the whole value");
});

test("a mask is never stored", () => {
  expect(() => restore({ password: "[redacted 3]" })).toThrow("there is none to put back");
  expect(() => restore({ password: "[redacted 1]" }, null)).toThrow("there is none to put back");
  expect(() => restore({ password: "x[redacted 1]" })).toThrow("there is none to put back");
});

test("a string that held JSON comes back as it was", () => {
  const body = '{"password":"x"}';
  const from = JSON.stringify({ body, other: 1 });
  expect(restore({ body: "[redacted 1]", other: 2 }, from)).toEqual({ body, other: 2 });
});
