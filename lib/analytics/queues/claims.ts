import { type SQL, sql } from "drizzle-orm";
import { escapeLiteral } from "pg";
import { boolean, instant, integer, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import type { QueueTables } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor } from "@/lib/model/key-range";
import type { ClaimFacts, PoisonTask } from "@/lib/model/queue";
import { type PartTexts, queryParts } from "../scope/portions";

/** The maximum number of rows of one state to search for a claim whose instant is in no index. */
const SUSPENDED = 1_000;
/** Like `SUSPENDED`, for states in which nearly every row keeps the instant of its claim in the index. */
const ENDED = 200;

/**
 * What the rows of these queues show about claims, by queue. Every claim is in `started_at` of its run until the
 * run's next claim; the index has it as `available_at` unless the run was suspended. At most 1,000 suspended runs
 * are searched, and `complete` is false if there are more.
 *
 * @param isBrief finds the last claim of a queue with a lease that lasts among running and completed runs only: the
 *   situation of the queue is known without it.
 */
export async function listClaimFacts(
  db: Database,
  queues: readonly string[],
  now: Iso,
  { isBrief = false } = {},
): Promise<Map<string, ClaimFacts>> {
  const rows = await queryParts(db, LAST_CLAIM, queues, {
    texts: lastClaimTexts,
    key: `${isBrief}`,
    given: [{ value: now, type: "timestamptz" }],
    write: ({ runs }, [now]) => selectLastClaim(runs, now, isBrief),
  });
  const last = rows.map(({ at, worker, ...figures }) => ({
    ...figures,
    lastClaim: at === null ? null : { at, worker },
  }));
  const poison = await listPoisonTasks(
    db,
    new Map(last.map(({ queue, lastClaim }) => [queue, lastClaim?.at ?? null])),
  );
  return new Map(
    last.map(({ queue, ...facts }) => [
      queue,
      { ...facts, poison: poison.filter((task) => task.queue === queue).map(({ task }) => task) },
    ]),
  );
}

const LAST_CLAIM = {
  running: integer,
  workers: integer,
  complete: boolean,
  at: nullable(instant),
  worker: nullable(text),
};

const lastClaimTexts: PartTexts = new WeakMap();

function selectLastClaim(runs: QueueTables["runs"], now: SQL | undefined, isBrief: boolean): SQL {
  const claims = (state: string, where: SQL, order: "asc" | "desc", limit: number) => sql`(
    select started_at as at, claimed_by as worker from ${runs}
    where state = ${sql.raw(`'${state}'`)} and ${where}
    order by available_at ${sql.raw(`${order} limit ${limit}`)})`;
  const [due, ahead] = [sql`available_at <= ${now}`, sql`available_at > ${now}`];
  const wanted = isBrief ? sql`held.running = 0` : sql`true`;
  const hasMore = (state: string) => sql`(
    select count(*) > ${sql.raw(`${SUSPENDED}`)} from (
      select from ${runs} where state = ${sql.raw(`'${state}' limit ${SUSPENDED + 1}`)}
    ) counted)`;
  // All running runs are grouped, because the server expects few unexpired leases, and would sort their rows.
  return sql`
    select held.*, not ${hasMore("pending")} and not ${hasMore("sleeping")} as complete, last.at, last.worker
    from (
      select coalesce(sum(runs), 0)::int as running, (count(worker) filter (where runs > 0))::int as workers
      from (
        select claimed_by as worker,
          count(*) filter (where claim_expires_at is null or claim_expires_at > ${now}) as runs
        from ${runs} where state = 'running' group by claimed_by
      ) by_worker
    ) held
    left join lateral (
      select at, worker from (
        ${sql.join(
          [
            claims("running", due, "desc", 1),
            claims("completed", due, "desc", 1),
            claims("failed", sql`${wanted} and ${due}`, "desc", ENDED),
            claims("failed", sql`${wanted} and ${ahead}`, "asc", ENDED),
            claims("cancelled", sql`${wanted} and ${due}`, "desc", ENDED),
            claims("cancelled", sql`${wanted} and ${ahead}`, "asc", ENDED),
            claims("pending", wanted, "desc", SUSPENDED),
            claims("sleeping", wanted, "asc", SUSPENDED),
          ],
          sql` union all `,
        )}
      ) claims
      where at <= ${now}
      order by at desc, worker nulls last limit 1
    ) last on true`;
}

/** The maximum number of rows of each kind to search for a poison task, and of tasks to name. */
const SUSPECTS = 500;
const SPAWNED_SINCE = 2_000;
const NAMED = 3;
/** A task spawned up to this long before the last claim may be committed after it, in milliseconds. */
const OVERLAP = 60_000;
/** A queue with at most this many tasks that have a policy is searched completely. */
const FEW_POLICIES = 500;

const poisonTexts: PartTexts = new WeakMap();

/**
 * Active tasks that make every claim on their queue fail. If few tasks of a queue have a policy and an index holds
 * them, all of these are searched. Otherwise, since no claim succeeds after such a task appears, the first 2,000 tasks
 * spawned since the last claim are, and the active tasks that are running or due first.
 *
 * @param lastClaims when a task of each queue was last claimed, or `null`.
 */
async function listPoisonTasks(
  db: Database,
  lastClaims: ReadonlyMap<string, Iso | null>,
): Promise<{ queue: string; task: PoisonTask }[]> {
  const queues = [...lastClaims.keys()];
  const floors = [...lastClaims.values()].map((at) =>
    uuidFloor(at === null ? 0 : Math.max(Date.parse(at) - OVERLAP, 0)),
  );
  const rows = await queryParts(db, POISON_TASK, queues, {
    texts: poisonTexts,
    given: [
      { value: queues, type: "text[]" },
      { value: floors, type: "uuid[]" },
    ],
    write: selectSuspects,
    around: (union) => sql`
      select place, "taskId", left(name, 200) as name, field, left(value, 100) as value
      from (
        select suspects.*, bad.*, row_number() over (partition by place order by "taskId") as n
        from (${union}) suspects
        cross join lateral (
          select field, value from (
            select key as field, cancellation ->> key as value
            from unnest(array['max_delay', 'max_duration']) as key
          ) policy
          where not ${isWholeNumber(sql`value`)} limit 1
        ) bad
      ) poison
      where n <= ${sql.raw(`${NAMED}`)}`,
  });
  return rows.map(({ queue, ...task }) => ({ queue, task }));
}

/** The active tasks with a policy among those to search. */
function selectSuspects(
  { tasks, runs }: QueueTables,
  [queues, floors]: readonly SQL[],
  queue: string,
): SQL {
  const name = sql.raw(escapeLiteral(queue));
  const active = (state: string, order: "asc" | "desc") => sql`(
    select task_id from ${runs} where state = ${sql.raw(`'${state}'`)} and not (select "areAll" from choice)
    order by available_at ${sql.raw(`${order} limit ${SUSPECTS}`)})`;
  // An array of keys is looked up in one walk along the index, where a join may read all tasks. The index of policies
  // is in the order of the ids, so that no other index is cheaper.
  return sql`
    select task_id as "taskId", task_name as name, cancellation from ${tasks}
    where task_id = any(array(
        with indexed as materialized (
          select exists (
            select from pg_index
            where indrelid = to_regclass(format('absurd.%I', 't_' || ${name})) and indisvalid
              and pg_get_expr(indpred, indrelid) = '(cancellation IS NOT NULL)'
          ) as "is"
        ), few as materialized (
          select task_id from ${tasks}
          where cancellation is not null and (select "is" from indexed)
          order by task_id limit ${sql.raw(`${FEW_POLICIES + 1}`)}
        ), choice as materialized (
          select (select "is" from indexed) and count(*) <= ${sql.raw(`${FEW_POLICIES}`)} as "areAll" from few
        )
        select task_id from few where (select "areAll" from choice)
        union (
          select task_id from ${tasks}
          where task_id >= (
              select floor from unnest(${queues}, ${floors}) as since (queue, floor) where since.queue = ${name})
            and not (select "areAll" from choice)
          order by task_id limit ${sql.raw(`${SPAWNED_SINCE}`)})
        union ${active("running", "desc")}
        union ${active("pending", "asc")}
        union ${active("sleeping", "asc")}
      ))
      and state in ('pending', 'running', 'sleeping') and jsonb_typeof(cancellation) = 'object'`;
}

const [LEAST, MOST] = ["-9223372036854775808", "9223372036854775807"];
/** As the cast to `bigint` skips spaces, whatever the locale. */
const SPACE = String.raw`[ \t\n\v\f\r]*`;
const DECIMAL = `^${SPACE}[+-]?\\d+${SPACE}$`;
/** Forms that can be cast since PostgreSQL 16, of at most 15 digits. */
const NEW_FORM = `^${SPACE}[+-]?(0[xX][0-9a-fA-F]{1,15}|0[oO][0-7]{1,15}|0[bB][01]{1,15}|(?=[\\d_]{1,15}${SPACE}$)\\d+(_\\d+)+)${SPACE}$`;

/** Whether PostgreSQL casts a text to `bigint`. */
function isWholeNumber(value: SQL): SQL {
  return sql`case
    when ${value} ~ ${DECIMAL} then length(${value}) < 1000 and btrim(${value}, E' \\t\\n\\v\\f\\r')::numeric between ${LEAST}::numeric and ${MOST}::numeric
    else ${value} ~ ${NEW_FORM} and current_setting('server_version_num')::int >= 160000 end`;
}

const POISON_TASK = {
  taskId: uuid,
  name: text,
  field: oneOf(["max_delay", "max_duration"]),
  value: text,
};
