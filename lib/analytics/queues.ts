import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { instant, integer, nullable, number } from "@/lib/db/decode";
import { type DecodedRow, execute } from "@/lib/db/query";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import type { Iso } from "@/lib/model/instants";
import type { ClaimFacts, Queue, QueueList, TerminalCounts } from "@/lib/model/queue";
import { listClaimFacts } from "./queues/claims";
import { countTerminalTasks } from "./queues/terminal-counts";
import { type PartTexts, queryParts } from "./scope/portions";
import { countKnownQueues, type RegisteredQueue, withQueues } from "./scope/registry";
import { avoidParallel } from "./scope/union";

/**
 * All queues, by name, with their counts. Active counts are exact and use only the index of runs, so their cost
 * depends on the active runs, never on the tables; terminal counts state their precision. With `tenant`, only
 * their tasks count, which looks up one task per active run.
 *
 * @throws ProblemError as `withQueues` does. A queue whose tables cannot be read is listed with the reason.
 */
export function listQueues({
  tenant = [],
  ...options
}: ReadOptions & { tenant?: readonly string[] } = {}): Promise<QueueList> {
  return listQueuesNamed([], tenant, options);
}

/**
 * One queue, as `listQueues` shows it.
 *
 * @throws ProblemError `queue_not_found` for an unknown name.
 */
export async function getQueue(
  name: string,
  options: ReadOptions = {},
): Promise<Queue & { now: Iso }> {
  const { queues, now } = await listQueuesNamed([name], [], options);
  const [queue] = queues;
  if (!queue) throw new Error("withQueues answered without the named queue");
  return { ...queue, now };
}

function listQueuesNamed(
  names: string[],
  tenants: readonly string[],
  options: ReadOptions,
): Promise<QueueList> {
  return withQueues(names, options, async ({ db, now, queues, unreadable }) => {
    const readable = queues.map((queue) => queue.name);
    const counting = countActiveRuns(db, readable, now, tenants);
    const estimating = countTerminalTasks(db, readable, tenants);
    // If the first fails, its error is the reason, and the other's that the transaction has failed.
    estimating.catch(() => undefined);
    const active = await counting;
    const terminal = await estimating;
    const claims = await listClaimFacts(db, needsClaims(active, now, tenants), now, {
      isBrief: true,
    });
    const all = [...queues, ...unreadable].sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      queues: all.map((queue) => toQueue(queue, active, terminal, claims.get(queue.name) ?? null)),
      now,
    };
  });
}

/** From this number of queues on, figures over all of them take about a second. */
const HUNDREDS = 100;

/** Whether a page must not wait for figures over all queues of the current database. */
export function areFiguresSlow(): boolean {
  return countKnownQueues() >= HUNDREDS;
}

/** Workers claim a ready task within a few polls, so a shorter wait is normal. In milliseconds. */
const POLLS_MS = 5_000;

/** The queues in which something waits. */
function needsClaims(active: ActiveRuns[], now: Iso, tenants: readonly string[]): string[] {
  if (tenants.length > 0 || getTenants() !== null) return [];
  return active.flatMap(({ queue, oldestReadyAt, expiredLeases }) => {
    const waited = oldestReadyAt === null ? 0 : Date.parse(now) - Date.parse(oldestReadyAt);
    return waited >= POLLS_MS || expiredLeases > 0 ? [queue] : [];
  });
}

const ACTIVE_RUNS = {
  pending: integer,
  running: integer,
  sleeping: integer,
  readyPending: integer,
  overdueSleepers: integer,
  expiredLeases: integer,
  oldestReadyAt: nullable(instant),
};
type ActiveRuns = DecodedRow<typeof ACTIVE_RUNS> & { queue: string };

const activeTexts: PartTexts = new WeakMap();

function countActiveRuns(
  db: Database,
  queues: string[],
  now: Iso,
  tenants: readonly string[],
): Promise<ActiveRuns[]> {
  avoidParallel(db);
  return queryParts(db, ACTIVE_RUNS, queues, {
    texts: activeTexts,
    tenants,
    given: [{ value: now, type: "timestamptz" }],
    write: ({ runs }, [now]) => selectActiveRuns(runs, now),
  });
}

function selectActiveRuns(runs: QueueTables["runs"], now: SQL | undefined): SQL {
  const due = sql`available_at <= ${now}`;
  const count = (state: string, condition = sql`true`) => sql`(
    select count(*)::int from ${runs} where state = ${sql.raw(`'${state}'`)} and ${condition})`;
  const oldest = (state: string) => sql`(
    select available_at from ${runs} where state = ${sql.raw(`'${state}'`)} and ${due}
    order by available_at limit 1)`;
  // Nearly all pending runs are due, and few sleeping ones.
  return sql`
    select pending.*, ${count("running")} as "running", ${count("sleeping")} as "sleeping",
      ${count("sleeping", due)} as "overdueSleepers",
      ${count("running", sql`claim_expires_at <= ${now}`)} as "expiredLeases",
      least(${oldest("pending")}, ${oldest("sleeping")}) as "oldestReadyAt"
    from (
      select count(*)::int as "pending", (count(*) filter (where ${due}))::int as "readyPending"
      from ${runs} where state = 'pending'
    ) pending`;
}

function toQueue(
  queue: RegisteredQueue,
  active: ActiveRuns[],
  terminal: Map<string, TerminalCounts>,
  claims: ClaimFacts | null,
): Queue {
  const { name, createdAt, storageMode, unreadable } = queue;
  const figures = active.find((row) => row.queue === name);
  return {
    name,
    createdAt,
    storageMode,
    active: {
      pending: figures?.pending ?? 0,
      running: figures?.running ?? 0,
      sleeping: figures?.sleeping ?? 0,
    },
    terminal: terminal.get(name) ?? NOTHING,
    ready: (figures?.readyPending ?? 0) + (figures?.overdueSleepers ?? 0),
    oldestReadyAt: figures?.oldestReadyAt ?? null,
    overdueSleepers: figures?.overdueSleepers ?? 0,
    expiredLeases: figures?.expiredLeases ?? 0,
    claims,
    ...(unreadable ? { unreadable } : {}),
  };
}

const NOTHING: TerminalCounts = {
  completed: { value: 0, precision: "exact" },
  failed: { value: 0, precision: "exact" },
  cancelled: { value: 0, precision: "exact" },
};

/** Time limit of an exact count, in milliseconds: longer than a page's. */
const PATIENCE = 120_000;

/**
 * How many tasks of a queue ended in each terminal state, exactly. Reads every row, so it is slow on a large
 * queue; stops when its signal aborts, or after two minutes. With `tenant`, of their tasks.
 *
 * @throws ProblemError as `withQueues` does; `timed_out` after two minutes.
 */
export function countTerminalTasksExactly(
  queue: string,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<TerminalCounts & { now: Iso }> {
  return withQueues([queue], options, async ({ db, now }) => {
    await execute(db, sql.raw(`set local statement_timeout = ${PATIENCE}`));
    const { tasks } = queueTables(queue, tenant);
    const rows = await db
      .select({ state: tasks.state, count: sql`count(*)::float8`.mapWith(number) })
      .from(tasks)
      .groupBy(tasks.state);
    const of = (state: string) => ({
      value: rows.find((row) => row.state === state)?.count ?? 0,
      precision: "exact" as const,
    });
    return { completed: of("completed"), failed: of("failed"), cancelled: of("cancelled"), now };
  });
}
