import { type SQL, sql } from "drizzle-orm";
import { boolean, instant, integer, nullable, oneOf, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import { type Database, keepPlans } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import { uuidFloor } from "@/lib/model/key-range";
import type { ClaimFacts, PoisonTask } from "@/lib/model/queue";
import { queryUnion } from "../scope/union";

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
  if (queues.length === 0) return new Map();
  const kept = keepPlans(db);
  const rows = await queryUnion(
    kept,
    LAST_CLAIM,
    queues.map((queue, index) => selectLastClaim(queue, index, now, isBrief)),
  );
  const last = rows.map(({ queue, at, worker, ...figures }) => ({
    queue: queues[queue] ?? "",
    ...figures,
    lastClaim: at === null ? null : { at, worker },
  }));
  const poison = await listPoisonTasks(
    kept,
    last.map(({ queue, lastClaim }) => ({ queue, since: lastClaim?.at ?? null })),
  );
  return new Map(
    last.map(({ queue, ...facts }) => [
      queue,
      { ...facts, poison: poison.filter((task) => task.queue === queue).map(({ task }) => task) },
    ]),
  );
}

/** A constant in the text of a statement, so that a kept plan allows for it. */
const literal = (value: number) => sql.raw(`${value}`);

const LAST_CLAIM = {
  queue: integer,
  running: integer,
  workers: integer,
  complete: boolean,
  at: nullable(instant),
  worker: nullable(text),
};

function selectLastClaim(queue: string, index: number, now: Iso, isBrief: boolean): SQL {
  const { runs } = queueTables(queue);
  const instantNow = sql`${now}::timestamptz`;
  const claims = (state: string, where: SQL, order: SQL, limit: number) => sql`(
    select ${runs.startedAt} as at, ${runs.claimedBy} as worker from ${runs}
    where ${runs.state} = ${sql.raw(`'${state}'`)} and ${where}
    order by ${runs.availableAt} ${order} limit ${literal(limit)})`;
  const due = sql`${runs.availableAt} <= ${instantNow}`;
  const ahead = sql`${runs.availableAt} > ${instantNow}`;
  const [latest, earliest] = [sql`desc`, sql`asc`];
  const wanted = isBrief ? sql`held.running = 0` : sql`true`;
  const [dueWanted, aheadWanted] = [sql`${wanted} and ${due}`, sql`${wanted} and ${ahead}`];
  const hasMore = (state: string) => sql`(
    select count(*) > ${literal(SUSPENDED)} from (
      select from ${runs} where ${runs.state} = ${sql.raw(`'${state}'`)} limit ${literal(SUSPENDED + 1)}
    ) counted)`;
  return sql`
    select ${index}::int as queue, held.*, not ${hasMore("pending")} and not ${hasMore("sleeping")} as complete,
      last.at, last.worker
    from (
      select coalesce(sum(runs), 0)::int as running, count(worker)::int as workers
      from (
        select ${runs.claimedBy} as worker, count(*) as runs
        from ${runs}
        where ${runs.state} = 'running'
          and (${runs.claimExpiresAt} is null or ${runs.claimExpiresAt} > ${instantNow})
        group by worker
      ) by_worker
    ) held
    left join lateral (
      select at, worker from (
        ${sql.join(
          [
            claims("running", due, latest, 1),
            claims("completed", due, latest, 1),
            claims("failed", dueWanted, latest, ENDED),
            claims("failed", aheadWanted, earliest, ENDED),
            claims("cancelled", dueWanted, latest, ENDED),
            claims("cancelled", aheadWanted, earliest, ENDED),
            claims("pending", wanted, latest, SUSPENDED),
            claims("sleeping", wanted, earliest, SUSPENDED),
          ],
          sql` union all `,
        )}
      ) claims
      where at <= ${instantNow}
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

/**
 * Active tasks that make every claim on their queue fail. If few tasks of a queue have a policy and an index holds
 * them, all of these are searched. Otherwise, since no claim succeeds after such a task appears, the first 2,000 tasks
 * spawned since the last claim are, and the active tasks that are running or due first.
 */
async function listPoisonTasks(
  db: Database,
  queues: readonly { queue: string; since: Iso | null }[],
): Promise<{ queue: string; task: PoisonTask }[]> {
  const arms = queues.map(({ queue, since }, index) => {
    const { tasks, runs } = queueTables(queue);
    const from = since === null ? null : uuidFloor(Math.max(Date.parse(since) - OVERLAP, 0));
    const areMany = sql`not (select "areAll" from choice)`;
    const active = (state: string, order: SQL) => sql`(
      select ${runs.taskId} as id from ${runs}
      where ${runs.state} = ${sql.raw(`'${state}'`)} and ${areMany}
      order by ${runs.availableAt} ${order} limit ${literal(SUSPECTS)})`;
    // An array of keys is looked up in one walk along the index, where a join may read all tasks.
    return sql`
      select ${index}::int as queue, ${tasks.taskId} as "taskId", ${tasks.name} as name,
        ${tasks.cancellation} as cancellation
      from ${tasks}
      where ${tasks.taskId} = any(array(
          with indexed as materialized (
            select exists (
              select from pg_index
              where indrelid = to_regclass(format('absurd.%I', ${`t_${queue}`}::text)) and indisvalid
                and pg_get_expr(indpred, indrelid) = '(cancellation IS NOT NULL)'
            ) as "is"
          ), few as materialized (
            -- In the order of the ids, in which this index is never more expensive than another.
            select ${tasks.taskId} as id from ${tasks}
            where ${tasks.cancellation} is not null and (select "is" from indexed)
            order by ${tasks.taskId} limit ${literal(FEW_POLICIES + 1)}
          ), choice as materialized (
            select (select "is" from indexed) and count(*) <= ${literal(FEW_POLICIES)} as "areAll" from few
          )
          select id from few where (select "areAll" from choice)
          union (select ${tasks.taskId} from ${tasks}
            where ${areMany} ${from === null ? sql`` : sql`and ${tasks.taskId} >= ${from}::uuid`}
            order by ${tasks.taskId} limit ${literal(SPAWNED_SINCE)})
          union ${active("running", sql`desc`)}
          union ${active("pending", sql`asc`)}
          union ${active("sleeping", sql`asc`)}
        ))
        and ${tasks.state} in ('pending', 'running', 'sleeping')
        and jsonb_typeof(${tasks.cancellation}) = 'object'`;
  });
  const rows = await queryUnion(
    db,
    POISON_TASK,
    arms,
    (union) => sql`
    select queue, "taskId", left(name, 200) as name, field, left(value, 100) as value
    from (
      select suspects.*, bad.*, row_number() over (partition by queue order by "taskId") as place
      from (${union}) suspects
      cross join lateral (
        select field, value from (
          select key as field, cancellation ->> key as value
          from unnest(array['max_delay', 'max_duration']) as key
        ) policy
        where not ${isWholeNumber(sql`value`)} limit 1
      ) bad
    ) poison
    where place <= ${literal(NAMED)}`,
  );
  return rows.map(({ queue, ...task }) => ({ queue: queues[queue]?.queue ?? "", task }));
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
  queue: integer,
  taskId: uuid,
  name: text,
  field: oneOf(["max_delay", "max_duration"]),
  value: text,
};
