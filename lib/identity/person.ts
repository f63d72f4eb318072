import { sql } from "drizzle-orm";
import { array, instant, oneOf, text } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { execute, query } from "@/lib/db/query";
import { DOORS, type Person } from "@/lib/model/access";
import type { Identity } from "./identity";
import { decodeGrants } from "./identity-tables";

/** Stores that a person signed in, with the door's decision. */
export function notePerson({ door, subject, name, reasons, grants }: Identity): Promise<void> {
  return execute(
    getHomePool(),
    sql`insert into absurd_dashboard.person as known (door, subject, name, reasons, grants)
        values (${door}, ${subject}, ${name}, ${sql.param([...reasons])}::text[], ${JSON.stringify(grants)}::jsonb)
        on conflict (door, subject) do update
          set name = excluded.name, reasons = excluded.reasons, grants = excluded.grants,
              last_seen_at = clock_timestamp()`,
  );
}

/** The 200 most recently seen people. */
export function listPeople(): Promise<Person[]> {
  return query(
    getHomePool(),
    {
      ...{ door: oneOf(DOORS), subject: text, name: text, grants: decodeGrants },
      ...{ reasons: array(text), firstSeenAt: instant, lastSeenAt: instant },
    },
    sql`select door, subject, name, grants::text as grants, reasons, first_seen_at as "firstSeenAt",
               last_seen_at as "lastSeenAt"
          from absurd_dashboard.person where door = any(${sql.param([...DOORS])}::text[])
         order by last_seen_at desc limit 200`,
  );
}
