import { afterAll, beforeAll, expect, test } from "vitest";
import { runOn } from "@/lib/db/databases";
import { forgetEnvironment } from "@/lib/db/env";
import type { Grant, Permission } from "@/lib/model/access";
import { covers, EVERYWHERE, type Identity, toViewer, whyDenied } from "./identity";

const before = process.env.DATABASE_URL;

beforeAll(() => {
  delete process.env.DATABASE_URL;
  process.env.DATABASES = JSON.stringify(
    ["eu", "us", "us-test"].map((name) => ({ name, url: `postgresql://localhost/${name}` })),
  );
  forgetEnvironment();
});
afterAll(() => {
  delete process.env.DATABASES;
  if (before !== undefined) process.env.DATABASE_URL = before;
  forgetEnvironment();
});

const person = (...grants: Grant[]): Identity => ({
  ...{ subject: "ada", name: "ada", door: "oidc", grants, reasons: [], sessionId: null },
});
const open = { readOnly: false, disabled: [] };
const denied = (identity: Identity, permission: Permission) =>
  ["eu", "us", "us-test"].map((name) =>
    runOn({ name }, () => whyDenied(identity, permission, open)),
  );

test("a grant that names databases gives nothing in the others", () => {
  const ada = person(
    { role: "operator", ...EVERYWHERE, databases: ["us*"] },
    { role: "viewer", ...EVERYWHERE, queues: ["mail"], databases: ["eu"] },
  );
  expect(denied(ada, "cancel task")).toEqual([
    "Your role does not cover this database.",
    null,
    null,
  ]);
  const scope = (name: string) => runOn({ name }, () => toViewer(ada, "view").scope);
  expect(scope("eu")).toEqual([{ queues: ["mail"], tenants: null }]);
  expect(scope("us")).toEqual([{ queues: null, tenants: null }]);
});

test("access is managed by those who administer the first database", () => {
  const admin = (database: string) =>
    person({ role: "admin", ...EVERYWHERE, databases: [database] });
  expect(denied(admin("eu"), "manage access")).toEqual([null, null, null]);
  expect(denied(admin("us"), "manage access")).not.toContain(null);
});

test("no one can grant more databases than they have", () => {
  const admin = person({ role: "admin", ...EVERYWHERE, databases: ["eu", "us-*"] });
  const may = (databases?: string[]) =>
    covers(admin, { role: "viewer", ...EVERYWHERE, databases }, "manage access");
  expect([may(["eu"]), may(["us-test"]), may(["eu", "us-test"])]).toEqual([true, true, true]);
  expect([may(), may(["us"]), may(["*"]), may(["eu", "us"])]).toEqual([false, false, false, false]);
});
