import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scrubText } from "./free-text";
import { redactLongText, redactText } from "./redact";
import {
  isPathRedacted,
  NO_RULES,
  parseRules,
  type RedactionRules,
  redactEverything,
} from "./rules";

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

test("a value under a redacted key is never in the text, for any place of the key", () => {
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

test.each([
  ["a key next to an unusual separator", "password:= hunter2"],
  ["a value that continues after its quote", "password='a'hunter2"],
  ["quoted parts without a space", `password='a'"hunter2"`],
  ["an escaped quote in an escaped text", String.raw`{\"password\": \"a\\\"hunter2\"}`],
  ["a backslash at the end of a quoted value", String.raw`"password": "a\\" "password": "hunter2"`],
  ["an arrow", "'password' => 'hunter2'"],
  ["a key in brackets", "user[password]=hunter2"],
  ["a subscript", "env['password'] = 'hunter2'"],
  ["a member of an object", "login.password=hunter2"],
  ["another language's quotes", "`password`: `hunter2`"],
  ["an address", "https://host.example/?a=b&password=hunter2"],
  ["an address in an address", "https://host.example/?q=%22password%22%3A%22hunter2%22"],
  ["an escaped letter", String.raw`{"pass\u0077ord":"hunter2"`],
  ["an escaped letter in an escaped text", String.raw`"{\"pass\\u0077ord\":\"hunter2\"}"`],
  ["a coloured key", "pass\u001b[31mword\u001b[0m=hunter2"],
  ["a Kelvin sign", "to\u212Aen=hunter2"],
  ["a letter before the key", "é=1,password=hunter2"],
])("free text loses the value of a redacted key: %s", (_, text) => {
  const all = rules("password,token");
  const { text: error } = redactText(all, "error", JSON.stringify({ message: text }));
  expect(error).not.toContain("hunter2");
  // Outside errors a text is masked as a whole, so that an edited copy can restore it.
  expect(shown("password,token", { log: text })).toEqual({ log: "[redacted 1]" });
});

test.each([
  "the password was wrong",
  "passwords: two",
  "a password",
  "50% de rabais",
  String.raw`C:\users\ann`,
  "{not json}",
  '"quoted"',
])("free text without a redacted value is unchanged: %s", (text) => {
  expect(shown("password,token", { log: text })).toEqual({ log: text });
  expect(shown("password,token", { message: text }, "error")).toEqual({ message: text });
});

test("keys that are plain data or occur twice are found", () => {
  const { text } = redactText(
    rules("password"),
    "inputs",
    '{"__proto__": {"password": "hunter2"}, "password": "hunter2", "a": {"password": "hunter2"}, "a": 1, "password": 2}',
  );
  expect(text).toBe(
    '{"__proto__": {"password": "[redacted 1]"}, "password": "[redacted 2]", "a": {"password": "[redacted 3]"}, "a": 1, "password": "[redacted 4]"}',
  );
});

test.each([
  '{"password": "hunter2"',
  '{"password": "hunter2"}}',
  "{password: 'hunter2'}",
  '{"password": {"a" ], "b": "hunter2"}',
  '{"a\\/password": 1} hunter2',
])("a text that is not JSON is redacted as a whole: %s", (text) => {
  expect(redactText(rules("password,a/password"), "inputs", text)).toEqual({
    text: '"[redacted 1]"',
    redacted: 1,
  });
});

test("a rule that names the kind of value redacts all of it", () => {
  expect(shown("result", { a: 1 }, "result")).toBe("[redacted 1]");
  expect(shown("result", { a: 1 })).toEqual({ a: 1 });
  expect(shown("headers", { tenant_id: "acme", a: 1 }, "headers")).toEqual({
    tenant_id: "acme",
    a: "[redacted 1]",
  });
  expect(isPathRedacted(rules("error"), "error", ["message"])).toBe(true);
  expect(isPathRedacted(rules("headers"), "headers", ["tenant_id"])).toBe(false);
});

test("an index is not a key", () => {
  expect(isPathRedacted(rules("card.number"), "params", ["card", 0, "number"])).toBe(true);
  expect(isPathRedacted(rules("card.number"), "params", ["card", "0", "number"])).toBe(false);
  expect(isPathRedacted(rules("card.*.number"), "params", ["card", 0, "number"])).toBe(false);
});

describe("without payloads", () => {
  const everything = redactEverything(rules("password"));
  const all = (root: string, value: unknown) =>
    JSON.parse(redactText(everything, root, JSON.stringify(value)).text);

  test("every value is redacted as a whole", () => {
    for (const value of [{ a: 1 }, [1], "a", 1, null, true])
      expect(all("params", value)).toBe("[redacted 1]");
  });

  test("links and the name of an error remain if they are texts without a redacted value", () => {
    const headers = {
      tenant_id: "acme",
      trace: "x",
      workflow_run_id: 1,
      spawned_from: "password=x",
    };
    expect(all("headers", headers)).toEqual({
      tenant_id: "acme",
      trace: "[redacted 1]",
      workflow_run_id: "[redacted 2]",
      spawned_from: "[redacted 3]",
    });
    expect(all("error", { name: "Oops", message: "no", stack: "x" })).toEqual({
      name: "Oops",
      message: "[redacted 1]",
      stack: "[redacted 2]",
    });
    expect(all("error", { name: { password: 1 } })).toEqual({ name: "[redacted 1]" });
    expect(all("error", "no")).toBe("[redacted 1]");
  });
});

describe("time is linear in the text", () => {
  const long = (part: string) => part.repeat(Math.ceil(400_000 / part.length));
  const PATHOLOGICAL = [
    ...[
      "\\",
      '"',
      "'",
      "\\'",
      '\\"',
      "{",
      "[",
      "a",
      "a=",
      "=",
      ":",
      ' "',
      '":',
      "password",
      "password=",
    ],
    ...[
      "password='",
      "password=a'",
      `password=\\"`,
      "%41",
      "\\u0041",
      "\u001b[",
      "\u001b]",
      "\u009d",
    ],
    ...[
      " ",
      "\n",
      "]",
      "password]",
      "-",
      "é",
      "k\u212A",
      "bearer ",
      "password:bearer ",
      "'password':",
    ],
  ];
  test.each(PATHOLOGICAL)("%j repeated", (part) => {
    const all = rules("password,*a*b*c*.token,card.number");
    const text = long(part);
    const started = performance.now();
    for (const root of ["error", "params"])
      redactText(all, root, JSON.stringify({ text, [text]: 1 }));
    redactText(all, "error", JSON.stringify(text.slice(0, 200_000)));
    redactText(all, "params", text);
    // Quadratic time would be minutes.
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test("quotes of different depth, none of which closes another", () => {
    const all = rules("password");
    /** Runs of backslashes of which none is an odd multiple of another. */
    const quotes = (before: string, after: string) =>
      Array.from({ length: 1_400 }, (_, n) => `${before}${"\\".repeat(2 * n + 1_399)}'${after}`);
    const started = performance.now();
    for (const text of [
      `password=a${quotes("", "x").join("")}`,
      quotes("password=a", " ").join(""),
    ]) {
      const shown = scrubText(all, text);
      expect(shown).toMatch(/^password=\[redacted\]/);
      expect(shown).not.toContain("'");
    }
    // A search from each quote to the end of the text would take many times as long.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test("other work runs during the redaction of a long text", async () => {
    const part = JSON.stringify({
      password: "hunter2",
      text: "password=hunter2 ".repeat(100),
      n: [1],
    });
    const text = `[${`${part},`.repeat(8_000)}${JSON.stringify("\\".repeat(5_000_000))}]`;
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const { text: redacted } = await redactLongText(rules("password"), "params", text);
    clearInterval(timer);
    expect(redacted).not.toContain("hunter2");
    expect(turns).toBeGreaterThan(2);
  });
});

test("a value with more than 50,000 redacted parts is redacted as a whole", () => {
  const list = (length: number) => Array.from({ length }, () => ({ password: 1 }));
  expect(redactText(rules("password"), "params", JSON.stringify(list(50_000))).redacted).toBe(
    50_000,
  );
  expect(redactText(rules("password"), "params", JSON.stringify(list(50_001)))).toEqual({
    text: '"[redacted 1]"',
    redacted: 1,
  });
});
