import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EnvironmentError, SECRETS, SETTINGS } from "@/lib/db/env";
import { collectSettings, parseConfig, redactSetting, redactUrl } from "./settings";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "absurd-settings-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

const DATABASE_URL = "postgresql://a@127.0.0.1/x";

test("a flag takes precedence over a variable, a variable over the file, and each setting has its source", async () => {
  const file = await write("all.yaml", "port: 1\nhost: 127.0.0.3\nbase_path: /file\n");
  const flags = { PORT: "3" };
  const env = { PORT: "2", HOST: "127.0.0.2", DASHBOARD_OPERATOR: "" };
  expect(await collectSettings(flags, env, file)).toEqual({
    PORT: { value: "3", from: "flag" },
    HOST: { value: "127.0.0.2", from: "environment" },
    BASE_PATH: { value: "/file", from: "file" },
  });
});

test("a list in the file is joined, and an empty key is absent", () => {
  const text = "dashboard_tenants: [acme, globex]\nport: 3000\ndashboard_redact:\n";
  expect(parseConfig(text, "x.yaml")).toEqual({ DASHBOARD_TENANTS: "acme,globex", PORT: "3000" });
});

test.each([
  ["prot: 3000", '"prot" is no setting'],
  ["PORT: 3000", '"PORT" is no setting'],
  ["port: {a: 1}", '"port" must be a text'],
  ["- port", "holds no settings"],
  ["port: 'secret-word", "is not YAML"],
])("an invalid file is refused with the position but not the content: %s", (text, message) => {
  expect(() => parseConfig(text, "x.yaml")).toThrow(EnvironmentError);
  expect(() => parseConfig(text, "x.yaml")).toThrow(message);
  expect(() => parseConfig(text, "x.yaml")).not.toThrow("secret-word");
});

test.each([...SECRETS, "DATABASE_URL", "DATABASE_READ_URL", "DATABASES"])(
  "%s may be in a file, whose final line break is ignored",
  async (name) => {
    const file = await write(name, "a-text-that-nobody-else-has\r\n");
    const settings = await collectSettings({}, { [`${name}_FILE`]: file });
    expect(settings).toEqual({
      [name]: { value: "a-text-that-nobody-else-has", from: "secret file" },
    });
  },
);

test("a secret given twice, missing or empty is refused", async () => {
  const empty = await write("empty", "\n");
  const refused = (env: Record<string, string>) => expect(collectSettings({}, env)).rejects;
  await refused({ DASHBOARD_TOKEN: "a", DASHBOARD_TOKEN_FILE: empty }).toThrow("both set");
  await refused({ DASHBOARD_TOKEN_FILE: "/nowhere" }).toThrow("ENOENT");
  await refused({ DASHBOARD_TOKEN_FILE: empty }).toThrow("empty file");
});

test("a file given by name must exist, the default one need not", async () => {
  await expect(collectSettings({}, {}, path.join(folder, "none.yaml"))).rejects.toThrow("ENOENT");
  expect(await collectSettings({}, {})).toEqual({});
});

test("every setting that may hold a secret is never printed", () => {
  const secret = SETTINGS.filter((name) => /TOKEN$|SECRET$|PASSWORD$|KEY$/.test(name));
  expect(secret.filter((name) => !SECRETS.includes(name))).toEqual([]);
});

test.each([
  ["postgresql://u:p%40ss@h/db", "postgresql://u:***@h/db"],
  ["postgresql://u:p@ss@h/db", "postgresql://u:***@h/db"],
  [
    "postgresql://h/db?user=u&password=secret&sslmode=require",
    "postgresql://h/db?user=u&password=***&sslmode=require",
  ],
  ["host=h password='se cret' user=u", "host=h password=*** user=u"],
  ["postgresql://u@h/db", "postgresql://u@h/db"],
])("a connection string is shown without its password: %s", (value, shown) => {
  expect(redactUrl(value)).toBe(shown);
});

test("a token is only shown as set", () => {
  expect(redactSetting("DASHBOARD_TOKEN", "abc")).toBe("(set)");
});

const TWO =
  '[{"name":"eu","url":"postgresql://u:pw@h/eu"},{"name":"us","url":"postgresql://u:pw@h/us"}]';

test("a file can list databases as maps", () => {
  const text = `databases:
  - name: eu
    url: postgresql://h/eu
    tenants: [acme]
  - { name: us, url: postgresql://h/us }`;
  const { DATABASES = "" } = parseConfig(text, "x.yaml");
  expect(JSON.parse(DATABASES)).toEqual([
    { name: "eu", url: "postgresql://h/eu", tenants: ["acme"] },
    { name: "us", url: "postgresql://h/us" },
  ]);
});

test("of one database and a list of databases, the setting with precedence counts", async () => {
  const file = await write("several.yaml", `databases: ${JSON.stringify(TWO)}\nport: 1`);
  const names = async (...given: Parameters<typeof collectSettings>) =>
    Object.keys(await collectSettings(...given)).filter((name) => name.startsWith("DATABASE"));
  expect(await names({ DATABASE_URL }, {}, file)).toEqual(["DATABASE_URL"]);
  expect(await names({}, { DATABASE_URL }, file)).toEqual(["DATABASE_URL"]);
  expect(await names({}, {}, file)).toEqual(["DATABASES"]);
  expect(await names({}, { DATABASE_URL, DATABASES: TWO })).toEqual(["DATABASE_URL", "DATABASES"]);
});

test("a list of databases is shown without passwords", () => {
  expect(redactSetting("DATABASES", TWO)).not.toContain("pw");
  expect(redactSetting("DATABASES", TWO)).toContain("u:***@h/eu");
  expect(redactSetting("DATABASES", "[{pw")).toBe("(set)");
});
