import fc from "fast-check";
import { expect, test } from "vitest";
import { scrubText } from "./free-text";
import { redactText } from "./redact";
import { isPathRedacted, NO_RULES, parseRules, type RedactionRules } from "./rules";

const rules = (text: string): RedactionRules => {
  const parsed = parseRules(text);
  if (!parsed) throw new Error(`not rules: ${text}`);
  return parsed;
};
const shown = (of: string, value: unknown, root = "params") =>
  JSON.parse(redactText(rules(of), root, JSON.stringify(value)).text);

test("a key is redacted at any depth, in any case, with everything in it", () => {
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

test("headers that link tasks are not redacted", () => {
  expect(shown("headers.*", { tenant_id: "acme", x: { tenant_id: 1 } }, "headers")).toEqual({
    tenant_id: "acme",
    x: "[redacted 1]",
  });
});

test("a string that contains JSON with a redacted key is redacted as a whole", () => {
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

test("a document that is nested too deeply is redacted as a whole", () => {
  const deep = `${'{"a":'.repeat(50_000)}{"password":1}${"}".repeat(50_000)}`;
  expect(redactText(rules("password"), "params", deep)).toEqual({
    text: '"[redacted 1]"',
    redacted: 1,
  });
});

test("numbers keep their digits, and a text with nothing to redact is unchanged", () => {
  const text = '{"id": 12345678901234567890, "f": 0.10000000000000000001, "password": 1}';
  expect(redactText(rules("password"), "params", text).text).toBe(
    '{"id": 12345678901234567890, "f": 0.10000000000000000001, "password": "[redacted 1]"}',
  );
  expect(redactText(rules("secret"), "params", text)).toEqual({ text, redacted: 0 });
  expect(redactText(NO_RULES, "params", text)).toEqual({ text, redacted: 0 });
});

test("a value under a redacted key is never in the text, wherever the key is", () => {
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
      const { text } = redactText(rules("password"), "params", JSON.stringify(plant(value)));
      expect(text).not.toContain("hunter2");
    }),
  );
});

test("errors lose text that looks like a redacted key with its value", () => {
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

test("a path to a redacted value is recognised", () => {
  const all = rules("card,*.token");
  expect(isPathRedacted(all, "params", ["card", "number"])).toBe(true);
  expect(isPathRedacted(all, "params", ["list", null, "token"])).toBe(true);
  expect(isPathRedacted(all, "headers", ["token"])).toBe(true);
  expect(isPathRedacted(all, "params", ["cards"])).toBe(false);
  expect(isPathRedacted(rules("headers.*"), "headers", ["tenant_id"])).toBe(false);
});

test.each(["a b", "a..b", ".a", "a.", 'a"b', "a[0]", "a:b"])("%j is not a rule", (text) => {
  expect(parseRules(text)).toBeNull();
});
