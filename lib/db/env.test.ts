import { expect, test } from "vitest";
import { parseEnvironment } from "./env";

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

test("every loopback address needs no token, a token opens the others", () => {
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
