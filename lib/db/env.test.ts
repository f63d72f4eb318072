import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseEnvironment, SETTINGS } from "./env";

const base = { DATABASE_URL: "postgresql://u:secret@localhost/app" };

test("by default the dashboard listens on this machine only", () => {
  const settings = parseEnvironment({ ...base, PORT: "", DASHBOARD_TOKEN: "" });
  expect(settings).toMatchObject({ HOST: "127.0.0.1", PORT: 3000, DASHBOARD_ALLOWED_HOSTS: [] });
  expect(settings.DASHBOARD_OPERATOR).not.toBe("");
  expect(settings.DASHBOARD_TOKEN).toBeUndefined();
});

test("lists and numbers are parsed", () => {
  expect(
    parseEnvironment({ ...base, PORT: "8080", DASHBOARD_ALLOWED_HOSTS: " Ops.example, b:81 " }),
  ).toMatchObject({ PORT: 8080, DASHBOARD_ALLOWED_HOSTS: ["ops.example", "b:81"] });
});

test.each([
  [{}, /DATABASE_URL is not set; give/],
  [{ DATABASE_URL: "mysql://x" }, /DATABASE_URL is not a connection string/],
  [{ ...base, DATABASE_READ_URL: "x" }, /DATABASE_READ_URL is not a connection string/],
  [{ ...base, PORT: "http" }, /PORT is not a number/],
  [{ ...base, PORT: "70000" }, /PORT is above 65535/],
  [{ ...base, BASE_PATH: "ops" }, /BASE_PATH is not a path/],
  [{ ...base, BASE_PATH: "//ops" }, /BASE_PATH is not a path/],
  [{ ...base, BASE_PATH: "/ops/../x" }, /BASE_PATH is not a path/],
  [{ ...base, BASE_PATH: "/." }, /BASE_PATH is not a path/],
  [{ ...base, DASHBOARD_TOKEN: "short" }, /DASHBOARD_TOKEN is too short/],
  [{ ...base, DASHBOARD_ALLOWED_HOSTS: "http://x/" }, /DASHBOARD_ALLOWED_HOSTS holds more than/],
  [{ ...base, DASHBOARD_REDACT: "card number" }, /DASHBOARD_REDACT holds more than paths of keys/],
  [{ ...base, DASHBOARD_REDACT: "card..number" }, /DASHBOARD_REDACT holds more than paths of keys/],
  [{ ...base, DASHBOARD_TENANTS: "" }, /DASHBOARD_TENANTS names no tenant/],
  [{ ...base, DASHBOARD_TENANTS: "acme," }, /DASHBOARD_TENANTS names no tenant, or one that/],
  [{ ...base, HOST: "0.0.0.0" }, /DASHBOARD_TOKEN is not set, but HOST opens/],
  [{ ...base, HOST: "127.0.0.1.example" }, /DASHBOARD_TOKEN is not set, but HOST opens/],
])("%j is refused with a hint", (settings, message) => {
  expect(() => parseEnvironment(settings)).toThrow(message);
});

test("a base path may have dots in its names, and a trailing slash", () => {
  for (const path of ["", "/ops/absurd", "/v1.2/..ops", "/ops/"])
    expect(parseEnvironment({ ...base, BASE_PATH: path }).BASE_PATH).toBe(path.replace(/\/$/, ""));
});

test("loopback addresses need no token; other addresses do", () => {
  for (const HOST of ["localhost", "127.1.2.3", "::1"])
    expect(parseEnvironment({ ...base, HOST }).HOST).toBe(HOST);
  const DASHBOARD_TOKEN = "a-token-of-24-characters";
  expect(parseEnvironment({ ...base, HOST: "0.0.0.0", DASHBOARD_TOKEN }).HOST).toBe("0.0.0.0");
});

test("tenants are kept exactly, and only a missing setting shows all of them", () => {
  const settings = parseEnvironment({ ...base, DASHBOARD_TENANTS: " Acme Inc , globex" });
  expect(settings.DASHBOARD_TENANTS).toEqual(["Acme Inc", "globex"]);
  expect(parseEnvironment(base).DASHBOARD_TENANTS).toBeUndefined();
});

test("messages hold no values", () => {
  const settings = {
    DATABASE_URL: "hunter2://u:secret@h/d",
    DASHBOARD_TOKEN: "hunter2",
    PORT: "hunter2",
  };
  expect(() => parseEnvironment(settings)).toThrow(/^(?!.*(hunter2|secret))/s);
});

const two = (more: object = {}) =>
  JSON.stringify([
    { name: "eu", url: "postgresql://u:secret@eu/app", label: "Europe", colour: "blue", ...more },
    { name: "us", url: "postgresql://u:secret@us/app", read_url: "postgresql://u:secret@r/app" },
  ]);

test("one connection string is one database, a list is several", () => {
  expect(parseEnvironment(base).databases).toMatchObject([
    { name: "default", url: base.DATABASE_URL },
  ]);
  expect(parseEnvironment({ DATABASES: two({ tenants: ["acme"] }) }).databases).toEqual([
    {
      ...{ name: "eu", label: "Europe", colour: "blue", tenants: ["acme"] },
      ...{ url: "postgresql://u:secret@eu/app", readUrl: undefined },
    },
    {
      ...{ name: "us", label: "us", colour: "grey", tenants: null },
      ...{ url: "postgresql://u:secret@us/app", readUrl: "postgresql://u:secret@r/app" },
    },
  ]);
});

test("a restriction to tenants applies to all databases", () => {
  const { databases } = parseEnvironment({ DATABASES: two(), DASHBOARD_TENANTS: "acme" });
  expect(databases.map(({ tenants }) => tenants)).toEqual([["acme"], ["acme"]]);
});

test.each([
  [{ DATABASES: "eu=secret" }, /DATABASES is not JSON/],
  [{ DATABASES: "[]" }, /DATABASES is not a list/],
  [{ DATABASES: "[1]" }, /DATABASES has an entry that is not an object \(entry 1\)/],
  [{ DATABASES: two({ name: "Eu/x" }) }, /name is not a name; use .* \(entry 1, "Eu\/x"\)/],
  [{ DATABASES: two({ name: "us" }) }, /DATABASES names "us" twice/],
  [{ DATABASES: two({ name: "default" }) }, /name is reserved/],
  [{ DATABASES: two({ url: "mysql://secret" }) }, /url is not a connection string.*entry 1, "eu"/],
  [{ DATABASES: two({ colour: "pink" }) }, /colour is not one of grey, red/],
  [{ DATABASES: two({ tenants: [] }) }, /tenants names no tenant/],
  [{ DATABASES: two({ reedUrl: "secret" }) }, /a member that is not known, "reedUrl"/],
  [{ ...base, DATABASES: two() }, /DATABASE_URL is set, and so is DATABASES/],
  [{ DATABASES: two(), DATABASE_READ_URL: base.DATABASE_URL }, /write it there as read_url/],
  [{ DATABASES: two({ tenants: ["a"] }), DASHBOARD_TENANTS: "a" }, /DASHBOARD_TENANTS is set/],
])("databases that cannot be used are refused without their passwords: %j", (settings, message) => {
  expect(() => parseEnvironment(settings)).toThrow(message);
  expect(() => parseEnvironment(settings)).toThrow(/^(?!.*secret)/s);
});

test("the documentation lists exactly the existing settings", () => {
  const document = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
  const [, table = ""] = document.split("| variable | default | |\n|---|---|---|\n");
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n");
  const named = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual([...SETTINGS].sort());
});
