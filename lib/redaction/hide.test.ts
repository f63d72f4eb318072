import fc from "fast-check";
import { expect, test } from "vitest";
import { hideText } from "./hide";
import { isPathHidden, NO_RULES, parseRules, type RedactionRules } from "./rules";
import { scrubText } from "./scrub";

const rules = (text: string): RedactionRules => {
  const parsed = parseRules(text);
  if (!parsed) throw new Error(`not rules: ${text}`);
  return parsed;
};
const shown = (of: string, value: unknown, root = "params") =>
  JSON.parse(hideText(rules(of), root, JSON.stringify(value)).text);

test("a key is hidden wherever it is, in any case, with whatever it holds", () => {
  expect(
    shown("password", {
      user: { Password: "hunter2", name: "ann" },
      list: [{ PASSWORD: { a: [1, 2] } }, { passwords: 1 }],
    }),
  ).toEqual({
    user: { Password: "[redacted 1]", name: "ann" },
    list: [{ PASSWORD: "[redacted 2]" }, { passwords: 1 }],
  });
});

test.each([
  [
    "card.number",
    { card: { number: 1 }, number: 2 },
    { card: { number: "[redacted 1]" }, number: 2 },
  ],
  ["card.number", { card: [{ number: 1 }] }, { card: [{ number: "[redacted 1]" }] }],
  [
    "*.token",
    { token: 1, a: { token: 2 } },
    { token: "[redacted 1]", a: { token: "[redacted 2]" } },
  ],
  [
    "a.*.token",
    { a: { token: 1, b: { token: 2 } } },
    { a: { token: 1, b: { token: "[redacted 1]" } } },
  ],
  ["*secret*", { my_secret_key: 1, secre: 2 }, { my_secret_key: "[redacted 1]", secre: 2 }],
  ["params.pin", { pin: 1, a: { pin: 2 } }, { pin: "[redacted 1]", a: { pin: 2 } }],
  ["headers.pin", { pin: 1 }, { pin: 1 }],
  ["token", { "app.token": 1 }, { "app.token": "[redacted 1]" }],
  ["größe", { GRÖSSE: 1, GRÖßE: 2 }, { GRÖSSE: 1, GRÖßE: "[redacted 1]" }],
])("%s", (of, value, expected) => {
  expect(shown(of, value)).toEqual(expected);
});

test("the dashboard's own links stay", () => {
  expect(shown("headers.*", { tenant_id: "acme", x: { tenant_id: 1 } }, "headers")).toEqual({
    tenant_id: "acme",
    x: "[redacted 1]",
  });
});

test("JSON inside a string is hidden with the string", () => {
  const body = JSON.stringify({ user: { password: "hunter2" } });
  expect(shown("password", { body, other: '{"a":1}' })).toEqual({
    body: "[redacted 1]",
    other: '{"a":1}',
  });
  expect(shown("password", { body: JSON.stringify({ inner: body }) })).toEqual({
    body: "[redacted 1]",
  });
  expect(shown("password", { body: '{"password": "hunter2' })).toEqual({ body: "[redacted 1]" });
});

test("what cannot be looked into is hidden", () => {
  const deep = `${'{"a":'.repeat(50_000)}{"password":1}${"}".repeat(50_000)}`;
  expect(hideText(rules("password"), "params", deep)).toEqual({
    text: '"[redacted 1]"',
    hidden: 1,
  });
});

test("numbers keep their digits, and a text with nothing to hide stays as it is", () => {
  const text = '{"id": 12345678901234567890, "f": 0.10000000000000000001, "password": 1}';
  expect(hideText(rules("password"), "params", text).text).toBe(
    '{"id":12345678901234567890,"f":0.10000000000000000001,"password":"[redacted 1]"}',
  );
  expect(hideText(rules("secret"), "params", text)).toEqual({ text, hidden: 0 });
  expect(hideText(NO_RULES, "params", text)).toEqual({ text, hidden: 0 });
});

test("a value under a hidden key is never in the text, wherever the key is", () => {
  const key = fc.constantFrom("password", "Password", "a", "b.password", "list");
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(key, tie("node"), { maxKeys: 4 }),
    ),
  })).node;
  const plant = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plant);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        name.toLowerCase().endsWith("password") ? { was: "hunter2", inner } : plant(inner),
      ]),
    );
  };
  fc.assert(
    fc.property(tree, (value) => {
      const { text } = hideText(rules("password"), "params", JSON.stringify(plant(value)));
      expect(text).not.toContain("hunter2");
    }),
  );
});

test("errors lose what looks like a hidden key with its value", () => {
  const all = rules("password,authorization,card.number,*_key");
  const scrub = (text: string) => scrubText(all, text);
  expect(scrub("login failed: password=hunter2, user=ann")).toBe(
    "login failed: password=[redacted], user=ann",
  );
  expect(scrub("Authorization: Bearer abc.def rest")).toBe("Authorization: [redacted] rest");
  expect(scrub('got {"password": "hun\\"ter2", "a": 1}')).toBe(
    'got {"password": [redacted], "a": 1}',
  );
  expect(scrub("api_key='k 1' number=5")).toBe("api_key=[redacted] number=5");
  expect(scrub('{"card":{"number": 4111},"x":1}')).toBe('{"card":{"number": [redacted]},"x":1}');
  expect(scrub("the password was wrong")).toBe("the password was wrong");
  expect(shown("password", { message: "password: hunter2", stack: "x" }, "error")).toEqual({
    message: "password: [redacted]",
    stack: "x",
  });
});

test("a search for a hidden value is known as one", () => {
  const all = rules("card,*.token");
  expect(isPathHidden(all, "params", ["card", "number"])).toBe(true);
  expect(isPathHidden(all, "params", ["list", null, "token"])).toBe(true);
  expect(isPathHidden(all, "headers", ["token"])).toBe(true);
  expect(isPathHidden(all, "params", ["cards"])).toBe(false);
  expect(isPathHidden(rules("headers.*"), "headers", ["tenant_id"])).toBe(false);
});

test.each(["a b", "a..b", ".a", "a.", 'a"b', "a[0]", "a:b"])("%j is no rule", (text) => {
  expect(parseRules(text)).toBeNull();
});
