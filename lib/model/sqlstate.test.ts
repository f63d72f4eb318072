import { expect, test } from "vitest";
import { inSnapshot } from "@/lib/db/snapshot";
import { translateReadError } from "@/lib/model/sqlstate";
import { openTestDatabase } from "@/testing/dashboard-database";

openTestDatabase();

/** The translation of a statement that fails with this code. */
async function translate(sqlState: string) {
  const statement = `do $$ begin raise 'secret' using errcode = '${sqlState}'; end $$`;
  return translateReadError(
    await inSnapshot((db) => db.execute(statement)).catch((error) => error),
  );
}

test.each([
  ["40001", "conflict"],
  ["40P01", "conflict"],
  ["55P03", "timed_out"],
  ["57014", "timed_out"],
  ["25P04", "timed_out"],
  ["42501", "forbidden"],
  ["57P01", "database_unavailable"],
])("SQLSTATE %s is reported as %s, without the database's message", async (state, code) => {
  const error = await translate(state);
  expect(error).toMatchObject({ name: "ProblemError", code });
  expect(String(error)).not.toContain("secret");
});

test("an unknown error is returned unchanged", async () => {
  expect(await translate("XX000")).not.toMatchObject({ name: "ProblemError" });
});

test.each([
  ["permission denied for schema absurd_dashboard", "grant usage on schema absurd_dashboard to"],
  ["permission denied for table audit_entry", "grant select on table absurd_dashboard.audit_entry"],
  ["permission denied for table t_my queue", 'grant select on table absurd."t_my queue" to'],
  [
    "permission denied for function current_time",
    "grant execute on all functions in schema absurd",
  ],
  ["must be owner of table t_orders", "the role that created the queue"],
  ["keine Berechtigung für Tabelle t_orders", "Grant it usage on schema absurd"],
])("%s is reported with the missing right", (message, hint) => {
  const error = Object.assign(new Error(message), { code: "42501" });
  expect(translateReadError(new Error("Failed query", { cause: error }))).toMatchObject({
    code: "forbidden",
    hint: expect.stringContaining(hint),
  });
});
