import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "@/lib/model/json";
import { redactText } from "./redact";
import { MisplacedMaskError, restoreRedacted } from "./restore";
import { parseRules, redactEverything } from "./rules";

const rules = parseRules("password,token");
if (!rules) throw new Error("not rules");
const original =
  '{"users": [{"password": "one"}, {"password": "two"}], "id": 12345678901234567890}';
const restore = (edited: Json, from: string | null = original) =>
  restoreRedacted(rules, "params", edited, from);

test("redacted values are restored, and new values replace their masks", async () => {
  expect(
    await restore({ users: [{ password: "[redacted 1]" }, { password: "new" }], note: "added" }),
  ).toEqual({ users: [{ password: "one" }, { password: "new" }], note: "added" });
});

test("removing an element does not shift the masks of the others", async () => {
  expect(await restore({ users: [{ password: "[redacted 2]" }] })).toEqual({
    users: [{ password: "two" }],
  });
});

test("a mask may move to another redacted key, but not to where its value would be visible", async () => {
  expect(await restore({ token: "[redacted 1]" })).toEqual({ token: "one" });
  await expect(restore({ note: "[redacted 1]" })).rejects.toThrow(
    "The redacted value at note was moved to where it would be visible.",
  );
  await expect(restore("[redacted 1]")).rejects.toThrow("the whole value");
});

test("a mask is never stored", async () => {
  await expect(restore({ password: "[redacted 3]" })).rejects.toThrow(
    "no redacted value to restore",
  );
  await expect(restore({ password: "[redacted 1]" }, null)).rejects.toThrow(
    "no redacted value to restore",
  );
  await expect(restore({ password: "x[redacted 1]" })).rejects.toThrow(
    "no redacted value to restore",
  );
});

test("a string that contains JSON is restored unchanged", async () => {
  const body = '{"password":"x"}';
  const from = JSON.stringify({ body, other: 1 });
  expect(await restore({ body: "[redacted 1]", other: 2 }, from)).toEqual({ body, other: 2 });
});

test("paths of keys differ from paths of indexes, and a key with a slash from two keys", async () => {
  const from = '{"a": {"PASSWORD": "one"}, "list": [{"password": "two"}]}';
  expect(await restore({ a: { PASSWORD: "[redacted 1]" } }, from)).toEqual({
    a: { PASSWORD: "one" },
  });
  await expect(restore({ "a/PASSWORD": "[redacted 1]" }, from)).rejects.toThrow("would be visible");
  await expect(restore({ list: { 0: "[redacted 2]" } }, from)).rejects.toThrow("would be visible");
  const nested = '{"list": ["{\\"password\\": 1}"]}';
  expect(await restore({ list: ["[redacted 1]"] }, nested)).toEqual({ list: ['{"password": 1}'] });
  await expect(restore({ list: { 0: "[redacted 1]" } }, nested)).rejects.toThrow(
    "would be visible",
  );
});

test("a mask is not moved to a link, although rules match its name", async () => {
  const all = parseRules("headers.*");
  if (!all) throw new Error("not rules");
  const from = '{"trace": "one", "tenant_id": "acme"}';
  const move = (edited: Json) => restoreRedacted(all, "headers", edited, from);
  expect(await move({ trace: "[redacted 1]" })).toEqual({ trace: "one" });
  await expect(move({ tenant_id: "[redacted 1]" })).rejects.toThrow("would be visible");
});

test("without payloads a value stays where it is, or moves to where the rules redact it for everyone", async () => {
  const everything = redactEverything(rules);
  const move = (edited: Json) => restoreRedacted(everything, "params", edited, original);
  expect(await move("[redacted 1]")).toEqual({
    users: [{ password: "one" }, { password: "two" }],
    id: 12345678901234567890n,
  });
  expect(await move({ password: "[redacted 1]" })).toHaveProperty("password.users");
  await expect(move({ copy: "[redacted 1]" })).rejects.toThrow("would be visible");
});

test("moving masks never reveals a redacted value", async () => {
  const all = parseRules("password,card.number,vault.*,params.pin");
  if (!all) throw new Error("not rules");
  const key = fc.constantFrom(
    "password",
    "card",
    "number",
    "vault",
    "pin",
    "a",
    "0",
    "a/b",
    "card.number",
  );
  const tree = (leaf: fc.Arbitrary<Json>) =>
    fc.letrec<{ node: Json }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(key, tie("node"), { maxKeys: 3 }),
      ),
    })).node;
  const secret = fc.constantFrom("hidden", '{"password":"hidden"}', "password=hidden", "plain");
  const mask = fc.integer({ min: 1, max: 5 }).map((number): Json => `[redacted ${number}]`);
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(tree(secret), tree(mask), async (document, edited) => {
      // Only values masked in the original are secrets.
      const text = JSON.stringify(document);
      if (redactText(all, "params", text).text.includes("hidden")) return;
      try {
        const restored = await restoreRedacted(all, "params", edited, text);
        accepted++;
        expect(redactText(all, "params", JSON.stringify(restored)).text).not.toContain("hidden");
      } catch (error) {
        if (!(error instanceof MisplacedMaskError)) throw error;
      }
    }),
    { numRuns: 5_000, seed: 7 },
  );
  expect(accepted).toBeGreaterThan(100);
});
