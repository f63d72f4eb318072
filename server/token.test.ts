import { afterEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { findApiToken } from "@/lib/identity/api-token";
import { openTestDatabase } from "@/testing/dashboard-database";
import { createToken, listTokens, revokeToken } from "./token";

const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
const [out, err]: [string[], string[]] = [[], []];
vi.spyOn(console, "log").mockImplementation((text: string) => void out.push(text));
vi.spyOn(console, "error").mockImplementation((text: string) => void err.push(text));
afterEach(() => void [out, err].map((lines) => lines.splice(0)));

const CI = { role: "viewer", queues: ["billing-*"], payloads: false, days: 7 } as const;

test("a token is printed once, works, is listed without its secret, and can be revoked", async () => {
  expect(await createToken("ci", { ...CI, queues: [...CI.queues] })).toBe(0);
  const [token = ""] = out.splice(0);
  expect(err.join()).toMatch(/^Token [0-9a-f]{12}, valid until /);
  expect(await findApiToken(token)).toMatchObject({
    name: "ci",
    grants: [{ role: "viewer", queues: ["billing-*"], tenants: null, payloads: false }],
  });
  const id = token.split("_")[1] ?? "";
  expect(await listTokens()).toBe(0);
  expect(out.join()).toMatch(new RegExp(`^${id}  valid  viewer .* ci$`));
  expect(out.join()).not.toContain(token.slice(`adb_${id}_`.length));
  expect(await revokeToken(id)).toBe(0);
  expect(await findApiToken(token)).toBeNull();
  expect(await revokeToken(id)).toBe(1);
  const { rows } = await database.pool.query(
    "select action, operator from absurd_dashboard.audit_entry order by audit_id",
  );
  expect(rows).toEqual([
    { action: "create token", operator: "ada" },
    { action: "revoke token", operator: "ada" },
  ]);
});

test("an unreachable database, or one without the tables, is explained", async () => {
  const { DATABASE_URL: url = "" } = process.env;
  process.env.DATABASE_URL = "postgresql://nobody@127.0.0.1:9/none";
  forgetEnvironment();
  try {
    expect(await listTokens()).toBe(1);
    // One sentence, and no line of the server's log.
    expect(err).toEqual([
      expect.stringContaining("Nothing accepts connections at the address in DATABASE_URL."),
    ]);
  } finally {
    process.env.DATABASE_URL = url;
    forgetEnvironment();
    await closePools();
  }
});
