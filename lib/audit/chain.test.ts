import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { openTestDatabase } from "@/testing/dashboard-database";
import { checkAuditChain } from "./chain";
import { recordAudit } from "./record";

const database = openTestDatabase();
const COUNT = 12;

const write = (n: number) =>
  recordAudit(database.pool, {
    ...{ operator: "ada", action: "cancel task", outcome: "done" },
    input: { queue: "q", taskId: randomUUID(), n },
  });

beforeAll(async () => {
  // Concurrently, as actions and bulk operations do.
  await Promise.all(Array.from({ length: COUNT }, (_, n) => write(n)));
});

/** Runs statements as an owner of the tables who wants to hide something, and undoes them after the check. */
async function tamper(...statements: string[]) {
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    for (const table of ["audit_entry", "audit_link"])
      await client.query(`alter table absurd_dashboard.${table} disable trigger all`);
    for (const statement of statements) await client.query(statement);
    return await checkAuditChain(client);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

const LINKS = "absurd_dashboard.audit_link";
const ENTRIES = "absurd_dashboard.audit_entry";
const of = (number: number) =>
  `audit_id = (select audit_id from ${LINKS} where number = ${number})`;

test("every entry is linked, including concurrent ones", async () => {
  const check = await checkAuditChain(database.pool);
  expect(check).toMatchObject({
    installed: true,
    links: COUNT,
    faults: [],
    unlinked: 0,
    triggersOff: [],
  });
  expect(check.head).toEqual({ number: COUNT, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test("the hash does not depend on the session's settings", async () => {
  const client = await database.pool.connect();
  await client.query("set timezone = 'Asia/Kathmandu'");
  await client.query("set datestyle = 'German'");
  expect(await checkAuditChain(client)).toMatchObject({ faults: [] });
  await write(COUNT);
  await client.query("reset all");
  client.release();
  expect(await checkAuditChain(database.pool)).toMatchObject({ links: COUNT + 1, faults: [] });
});

test("a removed entry is detected", async () => {
  expect(await tamper(`delete from ${ENTRIES} where ${of(5)}`)).toMatchObject({
    faults: [{ number: 5, kind: "entry removed" }],
  });
});

test("a change to any column of an entry is detected", async () => {
  for (const change of [
    "operator = 'eve'",
    "at = at - interval '1 microsecond'",
    "reason = 'because'",
    "outcome = 'failed'",
    `parameters = '{"n": 99}'`,
    "subject = 'eve'",
    "tenants = '{acme}'",
  ])
    expect(await tamper(`update ${ENTRIES} set ${change} where ${of(3)}`), change).toMatchObject({
      faults: [{ number: 3, kind: "entry or earlier link changed" }],
    });
});

test("an entry removed together with its link is detected", async () => {
  const check = await tamper(
    `delete from ${ENTRIES} where ${of(4)}`,
    `delete from ${LINKS} where number = 4`,
  );
  expect(check.faults[0]).toMatchObject({ number: 5, kind: "links removed before" });
});

test("links renumbered after a removal are detected", async () => {
  const check = await tamper(
    `delete from ${ENTRIES} where ${of(4)}`,
    `delete from ${LINKS} where number = 4`,
    `update ${LINKS} set number = number + 1000 where number > 4`,
    `update ${LINKS} set number = number - 1001 where number > 1000`,
  );
  expect(check.faults).toMatchObject([{ number: 4, kind: "entry or earlier link changed" }]);
});

test("an entry written outside the chain is detected", async () => {
  expect(
    await tamper(`insert into ${ENTRIES} (operator, action, outcome) values ('eve', 'x', 'done')`),
  ).toMatchObject({ faults: [], unlinked: 1 });
});

test("a trigger that is off or missing is detected before anything was changed", async () => {
  expect(await tamper(`drop trigger audit_entry_linked on ${ENTRIES}`)).toMatchObject({
    faults: [],
    triggersOff: ["audit_entry_linked", "audit_entry_only_grows", "audit_link_only_grows"],
  });
});

test("removing the newest entries shows as a head that differs from the noted one", async () => {
  const { head } = await checkAuditChain(database.pool);
  const check = await tamper(
    `delete from ${ENTRIES} where ${of(COUNT + 1)}`,
    `delete from ${LINKS} where number = ${COUNT + 1}`,
  );
  expect(check.head).not.toEqual(head);
});

test("neither table can be changed, even by its owner with session_replication_role set to replica", async () => {
  for (const table of [ENTRIES, LINKS])
    for (const statement of [
      `delete from ${table}`,
      `truncate ${table}`,
      `update ${table} set audit_id = audit_id`,
    ])
      await expect(
        database.pool.query(`set session_replication_role = replica; ${statement}`),
        statement,
      ).rejects.toThrow("only grows");
  await database.pool.query("reset session_replication_role");
});

test("a role that may only insert entries extends the chain, and cannot write links itself", async () => {
  const { pool } = database;
  const role = `writer_${randomUUID().slice(0, 8)}`;
  await pool.query(
    `create role ${role}; grant usage on schema absurd_dashboard, absurd to ${role}; grant insert on ${ENTRIES} to ${role}`,
  );
  const client = await pool.connect();
  try {
    await client.query(`set role ${role}`);
    await client.query(
      `insert into ${ENTRIES} (operator, action, outcome) values ('bob', 'x', 'done')`,
    );
    await expect(client.query(`select * from ${LINKS}`)).rejects.toThrow("permission denied");
    await expect(
      client.query(`insert into ${LINKS} values (999, gen_random_uuid(), sha256(''))`),
    ).rejects.toThrow("permission denied");
  } finally {
    await client.query("reset role");
    client.release();
    await pool.query(`drop owned by ${role}; drop role ${role}`);
  }
  expect(await checkAuditChain(pool)).toMatchObject({ faults: [], unlinked: 0 });
});

test("an entry names the person, the door and the address", async () => {
  const actor = { name: "ada", door: "oidc", subject: "248", address: "10.0.0.7" } as const;
  await runAs({ ...UNRESTRICTED, actor }, () => write(100));
  const { rows } = await database.pool.query(
    `select operator, door, subject, address from ${ENTRIES} order by audit_id desc limit 1`,
  );
  expect(rows).toEqual([{ operator: "ada", door: "oidc", subject: "248", address: "10.0.0.7" }]);
});

const empty = openTestDatabase();

test("the last link is looked up by its index, also by a session that planned it while there was none", async () => {
  await empty.pool.query(`vacuum analyze ${LINKS}`);
  const client = await empty.pool.connect();
  try {
    await client.query("begin");
    for (let n = 0; n < 5; n++)
      await recordAudit(client, {
        ...{ operator: "ada", action: "cancel task", outcome: "done" },
        input: { queue: "q", taskId: randomUUID(), n },
      });
    await client.query("set constraints all immediate");
    const { rows } = await client.query(
      `select seq_scan::int as whole, n_tup_ins::int as links from pg_stat_xact_user_tables
        where relid = '${LINKS}'::regclass`,
    );
    expect(rows).toEqual([{ whole: 0, links: 5 }]);
  } finally {
    await client.query("rollback");
    client.release();
  }
});
