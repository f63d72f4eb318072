import type { UnreadableQueue } from "@/lib/model/queue";
import "server-only";
import { type SQLWrapper, sql } from "drizzle-orm";
import { array, instant, integer, nullable, text, uuid } from "@/lib/db/decode";
import { queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { groupBy } from "@/lib/model/group-by";
import type { Uuid } from "@/lib/model/ids";
import { compareInstants, type Iso, parseTimestamp, toMs } from "@/lib/model/instants";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";
import type { Window } from "@/lib/search-params/windows";
import { shownName } from "./scope/names";
import { toUnreadable, withQueues } from "./scope/registry";
import { timeGrid } from "./scope/time-grid";
import { avoidParallel, MANY_QUEUES, queryUnion } from "./scope/union";

export type WorkerList = {
  window: Window;
  from: Iso;
  /** Workers that hold runs first, then by when they were last seen, latest first; at most 200. */
  workers: Worker[];
  hiddenWorkers: number;
  /** Set if there were more attempts than are counted: those claimed before this instant are left out. */
  lookedBackTo: Iso | null;
  now: Iso;
  unreadable: UnreadableQueue[];
};

const WORKERS = 200;

/**
 * Workers, inferred from the claims of running runs and of the attempts claimed in a window that ends now. At most
 * 20,000 attempts per queue and outcome are counted, newest first. With `tenant`, only claims of their tasks
 * count.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function listWorkers(
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<WorkerList> {
  return withQueues([], options, async ({ db, now, queues, unreadable }) => {
    const names = queues.map((queue) => queue.name);
    const from = new Date(timeGrid(window, now).from).toISOString();
    const running = await listRunningClaims(db, names, now, tenant);
    const { ended, lookedBackTo } = await listEndedClaims(db, names, from, tenant);
    const workers = await workInTurns(combineClaims(running, ended));
    const shown = workers.slice(0, WORKERS);
    const held = await listHeldRuns(db, shown, tenant);
    return {
      window,
      from,
      workers: shown.map((worker) => ({
        ...worker,
        held: worker.oldest.flatMap(({ runId }) => held.get(runId) ?? []),
      })),
      hiddenWorkers: Math.max(workers.length - WORKERS, 0),
      lookedBackTo,
      now,
      unreadable: unreadable.map(toUnreadable),
    };
  });
}

const HELD = 3;

/** One name under which runs were claimed. Workers do not register, so one that claims nothing is not seen. */
export type Worker = {
  name: string;
  queues: string[];
  /** Runs it holds now; `expired` and `withoutLease` are among them. */
  running: number;
  expired: number;
  withoutLease: number;
  /** The earliest end of its unexpired leases. */
  nextLeaseEnd: Iso | null;
  /** The earliest claim that was read: of a run that it holds, or in the window. */
  firstSeenAt: Iso;
  /** The latest sign of life: a claim, or an end that it reported. */
  lastSeenAt: Iso;
  /** Outcomes of the attempts that it claimed in the window; `lost` are those whose lease expired. */
  completed: number;
  failed: number;
  lost: number;
  /** The runs held longest, at most three. */
  held: HeldRun[];
};

/** A worker before its held runs are looked up. */
type CombinedWorker = Omit<Worker, "held"> & { oldest: OldestRun[] };

/** The number of claims between two yields. */
const STRETCH = 200;

/**
 * One row per worker from its claims in all queues. Workers with expired leases come first, then those that hold
 * runs, then by when they were last seen.
 */
export function* combineClaims(
  running: readonly RunningClaims[],
  ended: readonly EndedClaims[],
): Pausing<CombinedWorker[]> {
  const workers = new Map<string, CombinedWorker>();
  for (const [index, claims] of running.entries()) {
    if (index % STRETCH === 0) yield;
    const worker = find(workers, claims.worker, claims.lastClaimAt);
    worker.firstSeenAt = earlier(worker.firstSeenAt, claims.firstClaimAt);
    worker.running += claims.running;
    worker.expired += claims.expired;
    worker.withoutLease += claims.withoutLease;
    worker.nextLeaseEnd = earliest(worker.nextLeaseEnd, claims.nextLeaseEnd);
    worker.oldest.push(...claims.oldest);
    meet(worker, claims.queue, claims.lastClaimAt);
  }
  for (const [index, claims] of ended.entries()) {
    if (index % STRETCH === 0) yield;
    const worker = find(workers, claims.worker, claims.lastSeenAt);
    worker.firstSeenAt = earlier(worker.firstSeenAt, claims.firstClaimAt);
    worker.completed += claims.completed;
    worker.failed += claims.failed;
    worker.lost += claims.lost;
    meet(worker, claims.queue, claims.lastSeenAt);
  }
  // Instants are parsed once each: comparing their texts would parse them many times.
  const all: { worker: CombinedWorker; seen: number }[] = [];
  for (const worker of workers.values()) {
    if (all.length % STRETCH === 0) yield;
    worker.oldest.sort((a, b) =>
      compareInstants(a.claimedAt ?? "-infinity", b.claimedAt ?? "-infinity"),
    );
    worker.oldest.splice(HELD);
    all.push({ worker, seen: toMs(worker.lastSeenAt) });
  }
  yield;
  all.sort(
    ({ worker: a, seen }, { worker: b, seen: other }) =>
      b.expired - a.expired ||
      Number(b.running > 0) - Number(a.running > 0) ||
      (seen === other ? compare(a.name, b.name) : other - seen),
  );
  yield;
  return all.map(({ worker }) => worker);
}

function find(
  workers: Map<string, CombinedWorker>,
  name: string,
  lastSeenAt: string,
): CombinedWorker {
  const known = workers.get(name);
  if (known) return known;
  const worker: CombinedWorker = {
    name,
    queues: [],
    running: 0,
    expired: 0,
    withoutLease: 0,
    nextLeaseEnd: null,
    firstSeenAt: lastSeenAt,
    lastSeenAt,
    completed: 0,
    failed: 0,
    lost: 0,
    oldest: [],
  };
  workers.set(name, worker);
  return worker;
}

function meet(worker: CombinedWorker, queue: string, seenAt: string): void {
  if (!worker.queues.includes(queue)) worker.queues.push(queue);
  if (compareInstants(seenAt, worker.lastSeenAt) > 0) worker.lastSeenAt = seenAt;
}

function earliest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return earlier(a, b);
}

function earlier(a: string, b: string): string {
  return compareInstants(a, b) < 0 ? a : b;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Maximum number of attempts counted per queue and outcome. */
const BUDGET = 20_000;

/** A run that a worker holds now. */
export type HeldRun = {
  queue: string;
  taskId: string;
  taskName: string;
  tenantId: string | null;
  claimedAt: Iso | null;
  /** `null` for a claim without a lease, which never expires. */
  leaseEndsAt: Iso | null;
};

/** The runs that one worker holds in one queue. */
export type RunningClaims = {
  queue: string;
  worker: string;
  running: number;
  expired: number;
  withoutLease: number;
  nextLeaseEnd: Iso | null;
  firstClaimAt: Iso;
  lastClaimAt: Iso;
  /** Those held longest, at most three. */
  oldest: OldestRun[];
};

type OldestRun = { queue: string; runId: Uuid; claimedAt: Iso | null };

/** Outcomes of the attempts that one worker claimed in one queue. */
export type EndedClaims = {
  queue: string;
  worker: string;
  completed: number;
  failed: number;
  lost: number;
  firstClaimAt: Iso;
  lastSeenAt: Iso;
};

/** The claims of running runs, by worker. Uses the index of runs by state. */
export async function listRunningClaims(
  db: Database,
  queues: string[],
  now: Iso,
  tenants: readonly string[] = [],
): Promise<RunningClaims[]> {
  const arms = queues.map((queue, index) => {
    const { runs } = queueTables(queue, tenants);
    const expired = sql`${runs.claimExpiresAt} <= ${now}::timestamptz`;
    const oldest = (column: SQLWrapper) =>
      sql`(array_agg(${column} order by ${runs.availableAt}))[:${sql.raw(String(HELD))}]::text[]`;
    return sql`
      select ${index}::int as queue, coalesce(${shownName(runs.claimedBy)}, '') as worker,
        count(*)::int as running,
        count(*) filter (where ${expired})::int as expired,
        count(*) filter (where ${runs.claimExpiresAt} is null)::int as "withoutLease",
        min(${runs.claimExpiresAt}) filter (where not ${expired}) as "nextLeaseEnd",
        min(${runs.availableAt}) as "firstClaimAt",
        max(${runs.availableAt}) as "lastClaimAt",
        ${oldest(runs.runId)} as "oldestIds", ${oldest(runs.startedAt)} as "oldestClaims"
      from ${runs} where ${runs.state} = 'running'
      group by ${runs.claimedBy}`;
  });
  if (arms.length === 0) return [];
  if (queues.length < MANY_QUEUES) avoidParallel(db);
  const rows = await queryUnion(db, RUNNING_CLAIMS, arms);
  return rows.map(({ oldestIds, oldestClaims, ...row }) => {
    const queue = queues[row.queue] ?? "";
    const oldest = oldestIds.map((runId, place) => ({
      queue,
      runId,
      claimedAt: oldestClaims[place] ?? null,
    }));
    return { ...row, queue, oldest };
  });
}

const RUNNING_CLAIMS = {
  queue: integer,
  worker: text,
  running: integer,
  expired: integer,
  withoutLease: integer,
  nextLeaseEnd: nullable(instant),
  firstClaimAt: instant,
  lastClaimAt: instant,
  oldestIds: array(uuid),
  oldestClaims: array(nullable(instant)),
};

/** The oldest runs of these workers by their ids. */
async function listHeldRuns(
  db: Database,
  workers: readonly CombinedWorker[],
  tenants: readonly string[],
): Promise<Map<Uuid, HeldRun>> {
  const oldest = groupBy(
    workers.flatMap((worker) => worker.oldest),
    ({ queue }) => queue,
  );
  const queues = [...oldest.keys()];
  const arms = queues.map((queue, index) => {
    const { runs, tasks, tenantId } = queueTables(queue, tenants);
    const ids = sql.param((oldest.get(queue) ?? []).map(({ runId }) => runId));
    // The limit forces a lookup by key.
    return sql`
      select ${index}::int as queue, ${runs.runId} as "runId", ${runs.taskId} as "taskId",
        task.name as "taskName", task.tenant as "tenantId", ${runs.startedAt} as "claimedAt",
        ${runs.claimExpiresAt} as "leaseEndsAt"
      from ${runs}
      left join lateral (
        select ${shownName(tasks.name)} as name, left(${tenantId}, 200) as tenant
        from ${tasks} where ${tasks.taskId} = ${runs.taskId} limit 1
      ) task on true
      where ${runs.runId} = any(${ids}::uuid[])`;
  });
  const rows = await queryUnion(db, HELD_RUN, arms);
  return new Map(
    rows.map(({ runId, queue, taskName, ...row }) => [
      runId,
      { ...row, queue: queues[queue] ?? "", taskName: taskName ?? "" },
    ]),
  );
}

const HELD_RUN = {
  queue: integer,
  runId: uuid,
  taskId: uuid,
  taskName: nullable(text),
  tenantId: nullable(text),
  claimedAt: nullable(instant),
  leaseEndsAt: nullable(instant),
};

const ENDED_CLAIMS = {
  queue: integer,
  worker: text,
  completed: integer,
  failed: integer,
  lost: integer,
  firstClaimAt: instant,
  lastSeenAt: instant,
};

/**
 * The attempts that were claimed since `from` and have ended, by worker. `lookedBackTo` is set if a queue had more
 * than the budget: then older ones are counted in no queue.
 */
export async function listEndedClaims(
  db: Database,
  queues: string[],
  from: Iso,
  tenants: readonly string[] = [],
): Promise<{ ended: EndedClaims[]; lookedBackTo: Iso | null }> {
  if (queues.length === 0) return { ended: [], lookedBackTo: null };
  if (queues.length < MANY_QUEUES) avoidParallel(db);
  const start = await affordableStart(db, queues, from, tenants);
  const arms = queues.map((queue, index) => {
    const { runs } = queueTables(queue, tenants);
    const lost = sql`${runs.failureReason} ->> 'name' = '$ClaimTimeout'`;
    return sql`
      select ${index}::int as queue, ${shownName(runs.claimedBy)} as worker,
        count(*) filter (where ${runs.state} = 'completed')::int as completed,
        count(*) filter (where ${runs.state} = 'failed')::int as failed,
        count(*) filter (where ${runs.state} = 'failed' and ${lost})::int as lost,
        min(${runs.startedAt}) as "firstClaimAt",
        -- A lost lease was ended by another worker's claim: it is not a sign of life.
        greatest(max(${runs.completedAt}), max(${runs.failedAt}) filter (where ${lost} is not true),
          max(${runs.startedAt})) as "lastSeenAt"
      from ${runs}
      where ${runs.state} in ('completed', 'failed') and ${runs.availableAt} >= ${start.param}::timestamptz
        and ${runs.availableAt} < 'infinity' and ${runs.claimedBy} is not null and ${runs.startedAt} is not null
      group by ${runs.claimedBy}`;
  });
  const rows = await queryUnion(db, ENDED_CLAIMS, arms);
  return {
    ended: rows.map((row) => ({
      ...row,
      queue: queues[row.queue] ?? "",
    })),
    lookedBackTo: start.cut,
  };
}

/** The earliest instant since which every queue fits the budget. Uses the index alone. */
async function affordableStart(
  db: Database,
  queues: string[],
  from: Iso,
  tenants: readonly string[],
) {
  const probes = queues.flatMap((queue) => {
    const { runs } = queueTables(queue, tenants);
    return ["completed", "failed"].map(
      (state) => sql`(
        select ${runs.availableAt} as at from ${runs}
        where ${runs.state} = ${sql.raw(`'${state}'`)} and ${runs.availableAt} >= ${from}::timestamptz
        order by ${runs.availableAt} desc offset ${BUDGET}::int limit 1
      )`,
    );
  });
  const rows = await queryUnion(
    db,
    { at: nullable(text) },
    probes,
    (union) => sql`select max(at)::text as at from (${union}) as budget`,
  );
  const cuts = rows.flatMap(({ at }) => (at === null ? [] : { at, instant: parseTimestamp(at) }));
  const latest = cuts.sort((a, b) => compareInstants(b.instant, a.instant))[0];
  return { param: latest?.at ?? from, cut: latest?.instant ?? null };
}
