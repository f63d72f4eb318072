import { sql } from "drizzle-orm";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { boolean, integer, nullable, text, uuid } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import type { Uuid } from "@/lib/model/ids";

/** Links per query. */
const STEP = 2_000;

/** Faults that are listed; the others are only counted. */
const MOST_LISTED = 20;

/** A place where the audit log differs from what was written. */
export type ChainFault = {
  /** The link's number, counted from 1. */
  number: number;
  auditId: Uuid;
  kind: "entry removed" | "entry or earlier link changed" | "links removed before";
};

/** The result of checking the audit log. */
export type ChainCheck = {
  /** False until `absurd-dashboard migrate` has created the chain; then nothing was checked. */
  installed: boolean;
  links: number;
  /** The first faults, at most 20. */
  faults: ChainFault[];
  faultsCount: number;
  /** Entries newer than the first link that have no link: written while the trigger was off. */
  unlinked: number;
  /** Triggers that link entries and refuse changes, but are off or missing: changes may leave no trace. */
  triggersOff: string[];
  /**
   * The last link. Note it outside the database: the chain exposes every removal except that of its newest links,
   * which shows only if the noted link is missing or its hash differs.
   */
  head: { number: number; hash: string } | null;
};

/**
 * Checks the chain of the audit log from its first link: each entry must exist and hash, with the link before it,
 * to the hash that was stored when it was written. Reads the whole log, so it takes linear time.
 */
export async function checkAuditChain(db: Queryable): Promise<ChainCheck> {
  const check: ChainCheck = {
    ...{ installed: true, links: 0, faults: [], faultsCount: 0 },
    ...{ unlinked: 0, triggersOff: [], head: null },
  };
  const [table] = await query(
    db,
    { exists: boolean },
    sql`select to_regclass('absurd_dashboard.audit_link') is not null as exists`,
  );
  if (!table?.exists) return { ...check, installed: false };
  for (let full = true; full; ) {
    const rows = await listLinks(db, check.head);
    for (const { number, auditId, hash, isThere, isIntact } of rows) {
      const note = (kind: ChainFault["kind"]) => {
        check.faultsCount++;
        if (check.faults.length < MOST_LISTED) check.faults.push({ number, auditId, kind });
      };
      if (number !== (check.head?.number ?? 0) + 1) note("links removed before");
      else if (!isThere) note("entry removed");
      else if (!isIntact) note("entry or earlier link changed");
      check.head = { number, hash };
    }
    check.links += rows.length;
    full = rows.length === STEP;
  }
  check.unlinked = await countUnlinked(db);
  check.triggersOff = await listTriggersOff(db);
  return check;
}

/** The next links after `last`, each compared with the hash of its entry. */
function listLinks(db: Queryable, last: ChainCheck["head"]) {
  return query(
    db,
    { number: integer, auditId: uuid, hash: text, isThere: boolean, isIntact: boolean },
    sql`select link.number, link.audit_id as "auditId", encode(link.hash, 'hex') as hash,
               entry.audit_id is not null as "isThere",
               coalesce(link.hash = absurd_dashboard.audit_hash(
                 coalesce(lag(link.hash) over (order by link.number), decode(${last?.hash ?? ""}, 'hex')), entry), false)
                 as "isIntact"
          from (select * from absurd_dashboard.audit_link where number > ${last?.number ?? 0}::bigint
                 order by number limit ${STEP}::int) as link
          left join absurd_dashboard.audit_entry entry using (audit_id)
         order by link.number`,
  );
}

async function countUnlinked(db: Queryable): Promise<number> {
  const [row] = await query(
    db,
    { count: nullable(integer) },
    sql`select count(*) as count from absurd_dashboard.audit_entry entry
         where at > (select min(first.at) from absurd_dashboard.audit_entry first
                      join absurd_dashboard.audit_link link using (audit_id) where link.number = 1)
           and not exists (select from absurd_dashboard.audit_link link where link.audit_id = entry.audit_id)`,
  );
  return row?.count ?? 0;
}

const TRIGGERS = ["audit_entry_linked", "audit_entry_only_grows", "audit_link_only_grows"];

async function listTriggersOff(db: Queryable): Promise<string[]> {
  const rows = await query(
    db,
    { name: text },
    sql`select name from unnest(${sql.param(TRIGGERS)}::text[]) as name
         where not exists (
           select from pg_trigger
            where tgrelid in ('absurd_dashboard.audit_entry'::regclass, 'absurd_dashboard.audit_link'::regclass)
              and tgname = name and tgenabled = 'A')`,
  );
  return rows.map(({ name }) => name);
}
