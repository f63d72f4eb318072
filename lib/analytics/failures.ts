import type { UnreadableQueue } from "@/lib/model/queue";
import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import { getTenants, narrowTenants } from "@/lib/db/tenants";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { workInTurns } from "@/lib/model/work/turns";
import type { FailureFilters, Window } from "@/lib/search-params/windows";
import { type FailedAttempt, findFailedClaim, listFailedAttempts } from "./failures/attempts";
import { groupFailures, listMembers } from "./failures/groups";
import { countAttempts } from "./overview/attempts";
import { type Scope, toUnreadable, withQueues } from "./scope/registry";
import { type TimeGrid, timeGrid } from "./scope/time-grid";

/** The maximum number of failed attempts that one result covers. */
const BUDGET = 20_000;

/** The maximum number of groups in one result; those with the fewest attempts are left out. */
const GROUPS = 100;

/** The maximum number of tasks in one result: as many as a bulk operation accepts by id. */
const TASKS = 1_000;

const HOUR = 3_600_000;

export type FailureList = {
  window: Window;
  /** Ordered by number of attempts, highest first. */
  groups: FailureGroup[];
  /** Groups beyond the first hundred. */
  hiddenGroups: number;
  /** Failed attempts in all groups, hidden ones included. */
  attempts: number;
  /** The start of the window. */
  from: Iso;
  stepSeconds: number;
  /**
   * Set if there were more failures than are counted: those before this instant are left out. Every figure then
   * describes the time since.
   */
  lookedBackTo: Iso | null;
  now: Iso;
  unreadable: UnreadableQueue[];
};

/**
 * The failed attempts of a window that ends now, grouped by task name, error name and message pattern, whether or
 * not the task was retried. Found through the index of runs by state and last claim, so the cost depends on the
 * failures, not the tables. Covers the newest 20,000 failures. May miss an attempt that started before the window
 * and ran for more than a quarter of the window (at least an hour) before it failed.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function listFailures(
  filters: FailureFilters,
  options: ReadOptions = {},
): Promise<FailureList> {
  return withQueues(filters.queue, options, async (scope) => {
    const { grid, rows, lookedBackTo } = await listAttempts(scope, filters);
    const earlier = lookedBackTo === null ? await listEarlier(scope, filters, grid) : null;
    const groups = await workInTurns(groupFailures(rows, grid, earlier));
    return {
      window: filters.range,
      groups: groups.slice(0, GROUPS),
      hiddenGroups: Math.max(groups.length - GROUPS, 0),
      attempts: rows.length,
      from: new Date(grid.from).toISOString(),
      stepSeconds: grid.step / 1000,
      lookedBackTo,
      now: scope.now,
      unreadable: scope.unreadable.map(toUnreadable),
    };
  });
}

/** Failed tasks, for one action on all of them. */
export type FailedTasks = {
  tasks: { queue: string; taskId: Uuid }[];
  /** Tasks beyond the first thousand. */
  more: number;
  now: Iso;
};

/**
 * The failed tasks whose latest failure is in this group, latest first, at most a thousand. Found as
 * `listFailures` finds the group; empty if the group no longer exists.
 *
 * @throws ProblemError as `withQueues` does.
 */
export function listFailedTasks(
  group: string,
  filters: FailureFilters,
  options: ReadOptions = {},
): Promise<FailedTasks> {
  return withQueues(filters.queue, options, async (scope) => {
    const { rows } = await listAttempts(scope, filters);
    const failed = rows.filter((row) => row.taskState === "failed" && row.isLatest);
    const members = await workInTurns(listMembers(group, failed));
    const tasks = members.map(({ queue, taskId }) => ({ queue, taskId }));
    return {
      tasks: tasks.slice(0, TASKS),
      more: Math.max(tasks.length - TASKS, 0),
      now: scope.now,
    };
  });
}

async function listAttempts({ db, now, queues }: Scope, filters: FailureFilters) {
  const names = queues.map((queue) => queue.name);
  const grid = timeGrid(filters.range, now);
  const counted = await countAttempts(db, names, grid, ["failed"], filters.tenant);
  const failed = [...counted.values()].map((counts) => counts.failed);
  const start = affordableStart(failed, grid);
  const { rows, more } = await listFailedAttempts(db, names, {
    since: new Date(start).toISOString(),
    claimedSince: new Date(start - slack(start, grid)).toISOString(),
    names: filters.name,
    tenants: filters.tenant,
    limit: BUDGET,
  });
  const oldest = more ? rows.at(-1)?.failedAt : undefined;
  const cut = start > grid.from ? new Date(start).toISOString() : null;
  return { grid, rows, lookedBackTo: oldest ?? cut };
}

/** How many failures before the window are read to find out which errors are new in it. */
const EARLIER = 2_000;

/** The newest failures before the window; `complete` if there are no older ones on record. */
async function listEarlier(
  { db, queues }: Scope,
  filters: FailureFilters,
  { from }: TimeGrid,
): Promise<{ rows: FailedAttempt[]; complete: boolean }> {
  const names = queues.map((queue) => queue.name);
  const before = new Date(from).toISOString();
  // Without it each queue would contribute as many. The claims of some tenants are in no index.
  const isRestricted = narrowTenants(getTenants(), filters.tenant) !== null;
  const oldest = isRestricted
    ? null
    : await findFailedClaim(db, names, { before, place: EARLIER + 1 });
  const { rows, more } = await listFailedAttempts(db, names, {
    since: "-infinity",
    claimedSince: oldest ?? "-infinity",
    before,
    names: filters.name,
    tenants: filters.tenant,
    limit: EARLIER,
  });
  return { rows, complete: oldest === null && !more };
}

/**
 * The start of the window, or of a later bucket if the window has more failures than fit the budget: of the first from
 * which all fit, or of the one before if that would leave out most of the newest.
 */
function affordableStart(failed: number[][], { from, step, buckets }: TimeGrid): number {
  let attempts = 0;
  for (let bucket = buckets - 1; bucket >= 0; bucket--) {
    const count = failed.reduce((sum, counts) => sum + (counts[bucket] ?? 0), 0);
    if (attempts + count > BUDGET)
      return from + (attempts < BUDGET / 2 ? bucket : bucket + 1) * step;
    attempts += count;
  }
  return from;
}

/**
 * How far before the window to search, in milliseconds: failures are found by their claim, and an attempt may run
 * long.
 */
function slack(start: number, { from, step, buckets }: TimeGrid): number {
  return start > from ? 0 : Math.max(HOUR, (step * buckets) / 4);
}
