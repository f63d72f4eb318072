import http from "node:http";
import { expect, test, vi } from "vitest";
import { recordAudit } from "@/lib/audit/record";
import { forgetEnvironment } from "@/lib/db/env";
import type { Check } from "@/lib/doctor/report";
import { openTestDatabase } from "@/testing/dashboard-database";
import { type Probe, runDoctor } from "./doctor";

const database = openTestDatabase();

async function checkRecord(): Promise<{ code: number; check: Check | undefined }> {
  const print = vi.spyOn(console, "log").mockReturnValue();
  const code = await runDoctor({}, { json: true, printConfig: false });
  const printed = String(print.mock.lastCall?.[0]);
  print.mockRestore();
  const { checks } = JSON.parse(printed) as { checks: Check[] };
  return { code, check: checks.find(({ id }) => id === "record") };
}

test("a removed entry of the audit log, and a trigger that is off, is an error that names it", async () => {
  for (const action of ["sign in", "cancel task", "drop queue", "sign out"])
    await recordAudit(database.pool, { operator: "eve", action, input: {}, outcome: "done" });
  const before = await checkRecord();
  expect(before.check).toMatchObject({ verdict: "ok" });
  expect(before.check?.message).toContain("intact (4 entries)");
  const entries = "absurd_dashboard.audit_entry";
  await database.pool.query(`alter table ${entries} disable trigger audit_entry_only_grows`);
  const off = await checkRecord();
  expect(off).toMatchObject({ code: 1, check: { verdict: "error" } });
  expect(off.check?.message).toContain("audit_entry_only_grows off or missing");
  await database.pool.query(`delete from ${entries} where action = 'drop queue'`);
  await database.pool.query(`alter table ${entries} enable always trigger audit_entry_only_grows`);
  const after = await checkRecord();
  expect(after).toMatchObject({ code: 1, check: { verdict: "error" } });
  expect(after.check?.message).toContain("First: entry removed, link 3.");
});

test("the printed settings include defaults, and settings that can't be used are refused", async () => {
  const print = vi.spyOn(console, "log").mockReturnValue();
  const flags = { json: true, printConfig: true };
  try {
    expect(await runDoctor({ HOST: { value: "::1", from: "file" } }, flags)).toBe(0);
    const rows = JSON.parse(String(print.mock.lastCall?.[0]));
    expect(rows).toContainEqual({ name: "PORT", value: "3000", from: "default" });
    expect(rows).toContainEqual({ name: "HOST", value: "::1", from: "file" });
    expect(rows).toContainEqual({ name: "DASHBOARD_TOKEN", value: null, from: "default" });
    vi.stubEnv("PORT", "http");
    forgetEnvironment();
    await expect(runDoctor({}, flags)).rejects.toThrow("PORT is not a number");
  } finally {
    print.mockRestore();
    vi.unstubAllEnvs();
    forgetEnvironment();
  }
});

test("a running dashboard is probed at its address, without its other settings", async () => {
  const requested: string[] = [];
  const dashboard = http.createServer(({ url = "" }, response) => {
    requested.push(url);
    response.writeHead(url.endsWith("/ready") ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => dashboard.listen(0, "127.0.0.1", resolve));
  const complain = vi.spyOn(console, "error").mockReturnValue();
  const { port } = dashboard.address() as { port: number };
  vi.stubEnv("PORT", String(port));
  vi.stubEnv("BASE_PATH", "/ops");
  vi.stubEnv("DATABASE_URL", "");
  forgetEnvironment();
  const probe = (probe: Probe) => runDoctor({}, { probe, json: false, printConfig: false });
  try {
    expect([await probe("live"), await probe("ready")]).toEqual([0, 1]);
    expect(requested).toEqual(["/ops/api/health/live", "/ops/api/health/ready"]);
    dashboard.close();
    dashboard.closeAllConnections();
    expect(await probe("live")).toBe(1);
    expect(complain.mock.calls.flat()).toEqual([
      expect.stringContaining("responded with HTTP status 503."),
      expect.stringContaining("No dashboard responds at"),
    ]);
  } finally {
    dashboard.close();
    complain.mockRestore();
    vi.unstubAllEnvs();
    forgetEnvironment();
  }
});
