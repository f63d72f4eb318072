import { beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import {
  createApiToken,
  findApiToken,
  listApiTokens,
  revokeApiToken,
} from "@/lib/identity/api-token";
import { EVERYWHERE } from "@/lib/identity/identity";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as listQueuesRoute } from "./queues/route";

const database = openTestDatabase({ settings: { DASHBOARD_TOKEN: "a-token-of-24-characters" } });
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeAll(async () => {
  for (const queue of ["billing-eu", "mail"]) await createQueue(database.pool, queue);
});

const create = (days = 90) =>
  createApiToken(database.pool, {
    ...{ name: "grafana", days, createdBy: "ada" },
    grants: [{ role: "viewer", ...EVERYWHERE, queues: ["billing-*"], payloads: false }],
  });

async function queuesOf(token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await listQueuesRoute(new Request("http://localhost/api/queues", { headers }));
  const body = await response.json();
  return response.status === 200
    ? body.queues.map(({ name }: { name: string }) => name)
    : response.status;
}

test("a token is shown once, stored as a hash, and limited to its queues", async () => {
  const { token, tokenId, expiresAt } = await create();
  expect(token).toMatch(/^adb_[0-9a-f]{12}_[\w-]{43}$/);
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(90);
  const { rows } = await database.pool.query(
    "select row(t)::text as row from absurd_dashboard.api_token t",
  );
  expect(rows.map(({ row }) => row).join()).not.toContain(token.slice(17));
  expect(await queuesOf(token)).toEqual(["billing-eu"]);
  await vi.waitFor(async () => {
    const [listed] = await listApiTokens(database.pool);
    expect(listed).toMatchObject({ tokenId, name: "grafana", lastUsedAt: expect.any(String) });
  });
});

test("a wrong, foreign or malformed token is refused without trying another way to sign in", async () => {
  const { token } = await create();
  const other = await create();
  const changed = token.endsWith("A") ? `${token.slice(0, -1)}B` : `${token.slice(0, -1)}A`;
  for (const bad of [
    changed,
    `${token}x`,
    token.slice(0, -1),
    `${token.slice(0, 17)}${other.token.slice(17)}`,
    "adb_",
    "adb_ffffffffffff_".padEnd(60, "x"),
    "adb_' or 1=1 --_x",
  ]) {
    expect(await findApiToken(bad), bad).toBeNull();
    expect(await queuesOf(bad), bad).toBe(401);
  }
});

test("a revoked token is refused at once, and an expiring one when it expires", async () => {
  const revoked = await create();
  expect(await queuesOf(revoked.token)).toEqual(["billing-eu"]);
  expect(await revokeApiToken(database.pool, revoked.tokenId, "ada")).toBe(true);
  expect(await revokeApiToken(database.pool, revoked.tokenId, "ada")).toBe(false);
  expect(await queuesOf(revoked.token)).toBe(401);
  const expired = await create(1);
  await database.pool.query(
    "update absurd_dashboard.api_token set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where token_id = $1",
    [expired.tokenId],
  );
  expect(await queuesOf(expired.token)).toBe(401);
});

test("every token has an expiry", async () => {
  for (const days of [0, -1, 367, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(create(days)).rejects.toThrow(RangeError);
});
