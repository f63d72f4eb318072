import { expect, test, vi } from "vitest";
import { recordAudit } from "@/lib/audit/record";
import type { Check } from "@/lib/doctor/report";
import { openTestDatabase } from "@/testing/dashboard-database";
import { runDoctor } from "./doctor";

const database = openTestDatabase();

async function checkRecord(): Promise<{ code: number; check: Check | undefined }> {
  const print = vi.spyOn(console, "log").mockReturnValue();
  const code = await runDoctor({}, { json: true, printConfig: false });
  const printed = String(print.mock.lastCall?.[0]);
  print.mockRestore();
  const { checks } = JSON.parse(printed) as { checks: Check[] };
  return { code, check: checks.find(({ id }) => id === "record") };
}

test("a removed entry of the audit log is an error that names its position", async () => {
  for (const action of ["sign in", "cancel task", "drop queue", "sign out"])
    await recordAudit(database.pool, { operator: "eve", action, input: {}, outcome: "done" });
  const before = await checkRecord();
  expect(before.check).toMatchObject({ verdict: "ok" });
  expect(before.check?.message).toContain("intact (4 entries)");
  const entries = "absurd_dashboard.audit_entry";
  await database.pool.query(`alter table ${entries} disable trigger audit_entry_only_grows`);
  await database.pool.query(`delete from ${entries} where action = 'drop queue'`);
  await database.pool.query(`alter table ${entries} enable always trigger audit_entry_only_grows`);
  const after = await checkRecord();
  expect(after).toMatchObject({ code: 1, check: { verdict: "error" } });
  expect(after.check?.message).toContain("First: entry removed, link 3.");
});
