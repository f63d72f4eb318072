import type { UnreadableQueue } from "@/lib/model/queue";
import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { getDatabase } from "@/lib/db/databases";
import { array, instant, integer, nullable, text, uuid } from "@/lib/db/decode";
import { type QueueTables, queueTables } from "@/lib/db/schema";
import type { Database, ReadOptions } from "@/lib/db/snapshot";
import { getTenants } from "@/lib/db/tenants";
import { groupBy } from "@/lib/model/group-by";
import type { Uuid } from "@/lib/model/ids";
import { compareInstants, type Iso, parseTimestamp, toMs } from "@/lib/model/instants";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";
import type { Window } from "@/lib/search-params/windows";
import { shownName } from "./scope/names";
import { type PartTexts, queryParts } from "./scope/portions";
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
  if (queues.length < MANY_QUEUES) avoidParallel(db);
  const rows = await queryParts(db, RUNNING_CLAIMS, queues, {
    texts: runningTexts,
    tenants,
    given: [{ value: now, type: "timestamptz" }],
    write: ({ runs }, [now]) => selectRunningClaims(runs, now),
  });
  return rows.map(({ queue, oldestIds, oldestClaims, ...row }) => ({
    ...row,
    queue,
    oldest: oldestIds.map((runId, place) => ({
      queue,
      runId,
      claimedAt: oldestClaims[place] ?? null,
    })),
  }));
}

const RUNNING_CLAIMS = {
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

const runningTexts: PartTexts = new WeakMap();

function selectRunningClaims(runs: QueueTables["runs"], now: SQL | undefined): SQL {
  const expired = sql`claim_expires_at <= ${now}`;
  const oldest = (column: string) =>
    sql.raw(`(array_agg(${column} order by available_at))[:${HELD}]::text[]`);
  return sql`
    select coalesce(${shownName(sql`claimed_by`)}, '') as worker,
      count(*)::int as running,
      (count(*) filter (where ${expired}))::int as expired,
      (count(*) filter (where claim_expires_at is null))::int as "withoutLease",
      min(claim_expires_at) filter (where not ${expired}) as "nextLeaseEnd",
      min(available_at) as "firstClaimAt",
      max(available_at) as "lastClaimAt",
      ${oldest("run_id")} as "oldestIds", ${oldest("started_at")} as "oldestClaims"
    from ${runs} where state = 'running'
    group by claimed_by`;
}

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
  worker: text,
  completed: integer,
  failed: integer,
  lost: integer,
  firstClaimAt: instant,
  lastSeenAt: instant,
};

const endedTexts: PartTexts = new WeakMap();

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
  if (queues.length < MANY_QUEUES) avoidParallel(db);
  const cut = await findCut(db, queues, from, tenants);
  const ended = await queryParts(db, ENDED_CLAIMS, queues, {
    texts: endedTexts,
    tenants,
    // For two unknown limits the server expects a short range, which it reads by the index.
    given: [
      { value: cut ?? from, type: "timestamptz" },
      { value: "infinity", type: "timestamptz" },
    ],
    write: ({ runs }, [start, end]) => selectEndedClaims(runs, start, end),
  });
  return { ended, lookedBackTo: cut === null ? null : parseTimestamp(cut) };
}

function selectEndedClaims(
  runs: QueueTables["runs"],
  start: SQL | undefined,
  end: SQL | undefined,
): SQL {
  return sql`
    select ${shownName(sql`claimed_by`)} as worker,
      (count(*) filter (where state = 'completed'))::int as completed,
      (count(*) filter (where state = 'failed'))::int as failed,
      (count(*) filter (where lost))::int as lost,
      min(started_at) as "firstClaimAt",
      -- A lost lease was ended by another worker's claim: it is not a sign of life.
      greatest(max(completed_at), max(failed_at) filter (where lost is not true), max(started_at)) as "lastSeenAt"
    from (
      select claimed_by, state, started_at, completed_at, failed_at,
        state = 'failed' and failure_reason ->> 'name' = '$ClaimTimeout' as lost
      from ${runs}
      where state in ('completed', 'failed') and available_at >= ${start} and available_at < ${end}
        and claimed_by is not null and started_at is not null
      -- Reads the reason once for each row.
      offset 0
    ) ended
    group by claimed_by`;
}

const cutTexts: PartTexts = new WeakMap();

/** The last cut by database, queues and tenants. Attempts only become more, so that the next one is hardly ever earlier. */
const cuts = new Map<string, string>();
const MOST_CUTS = 100;

/** The latest instant since which a queue has more attempts than the budget, if any since `from`. Uses the index alone. */
async function findCut(
  db: Database,
  queues: string[],
  from: Iso,
  tenants: readonly string[],
): Promise<string | null> {
  const find = async (since: string) => {
    const found = await queryParts(db, { at: nullable(text) }, queues, {
      texts: cutTexts,
      tenants,
      given: [{ value: since, type: "timestamptz" }],
      write: ({ runs }, [since]) => selectCut(runs, since),
    });
    const times = found.flatMap(({ at }) =>
      at === null ? [] : { at, instant: parseTimestamp(at) },
    );
    return times.sort((a, b) => compareInstants(b.instant, a.instant))[0]?.at ?? null;
  };
  const key = JSON.stringify([getDatabase().name, getTenants(), tenants, queues]);
  const last = cuts.get(key);
  const isLater = last !== undefined && compareInstants(parseTimestamp(last), from) > 0;
  const cut = (isLater ? await find(last) : null) ?? (await find(from));
  if (cut !== null) {
    if (cuts.size >= MOST_CUTS) cuts.clear();
    cuts.set(key, cut);
  } else if (isLater) cuts.delete(key);
  return cut;
}

function selectCut(runs: QueueTables["runs"], since: SQL | undefined): SQL {
  const budget = (state: string) => sql`(
    select available_at from ${runs} where state = ${sql.raw(`'${state}'`)} and available_at >= ${since}
    order by available_at desc offset ${sql.raw(`${BUDGET}`)} limit 1)`;
  return sql`select greatest(${budget("completed")}, ${budget("failed")})::text as at`;
}
