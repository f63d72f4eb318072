import { expect, test } from "vitest";
import { matchRoles, parseRoleRules, type RoleRule } from "./role-rules";

const rules = (text: string): RoleRule[] => {
  const parsed = parseRoleRules(text);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
};
const all = { queues: null, tenants: null, payloads: true };

test("an allow-list is roles with their limits and claims", () => {
  expect(
    rules(
      "admin=groups:ops, operator[queues=billing-*|mail tenants=acme payloads=off]=groups:a:b,viewer=*",
    ),
  ).toEqual([
    { grant: { role: "admin", ...all }, claim: { path: "groups", value: "ops" } },
    {
      grant: {
        role: "operator",
        queues: ["billing-*", "mail"],
        tenants: ["acme"],
        payloads: false,
      },
      claim: { path: "groups", value: "a:b" },
    },
    { grant: { role: "viewer", ...all }, claim: null },
  ]);
  expect(rules("viewer=https://ops.example/roles:dev")[0]?.claim).toEqual({
    path: "https://ops.example/roles",
    value: "dev",
  });
});

test.each([
  "",
  "root=groups:ops",
  "admin",
  "admin=",
  "admin=groups",
  "admin=groups:",
  "admin=:ops",
  "viewer[queues=]=*",
  "viewer[payloads=maybe]=*",
  "viewer[rooms=1]=*",
])("%j is refused", (text) => {
  expect(parseRoleRules(text)).toBeTypeOf("string");
});

test("every matching claim gives its grant, and a person without a grant sees which claims were checked", () => {
  const list = rules("admin=groups:ops,operator=realm.roles:oncall,viewer=level:3");
  expect(matchRoles(list, { groups: ["dev", "ops"], realm: { roles: "oncall" } })).toMatchObject({
    grants: [{ role: "admin" }, { role: "operator" }],
    reasons: ["groups: ops", "realm.roles: oncall"],
  });
  expect(matchRoles(list, { level: 3 }).grants).toEqual([{ role: "viewer", ...all }]);
  expect(matchRoles(list, { groups: ["dev"], realm: null })).toEqual({
    grants: [],
    reasons: [],
    looked: ["groups: dev", "realm.roles: missing", "level: missing"],
  });
});

test("a claim matches as a whole, and only if the provider itself issued it", () => {
  const list = rules("admin=groups:ops,admin=toString:x,admin=__proto__.admin:true");
  for (const groups of ["ops2", "devops", "OPS", ["op", "s"], { ops: true }, "dev ops", null])
    expect(matchRoles(list, { groups }).grants).toEqual([]);
});

test("a role may be limited to some of several databases", () => {
  expect(rules("operator[databases=eu|us-*]=*")).toEqual([
    { grant: { role: "operator", ...all, databases: ["eu", "us-*"] }, claim: null },
  ]);
});

test("an address that the provider has not verified gives no role", () => {
  const allowed = rules("admin=email:ada@ops.example");
  const email = "ada@ops.example";
  expect(matchRoles(allowed, { email }).grants).toHaveLength(1);
  expect(matchRoles(allowed, { email, email_verified: true }).grants).toHaveLength(1);
  for (const email_verified of [false, "false"])
    expect(matchRoles(allowed, { email, email_verified })).toEqual({
      ...{ grants: [], reasons: [], looked: ["email: not verified"] },
    });
});
