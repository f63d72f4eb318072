import "server-only";
import { listAudit, listAuditChoices } from "@/lib/analytics/audit";
import { getBaseline } from "@/lib/analytics/baseline";
import { getBulk, getBulkFollowUp, listBulk, listBulkItems } from "@/lib/analytics/bulk";
import { listEvents, listWaiters } from "@/lib/analytics/events";
import { type FailureList, listFailures } from "@/lib/analytics/failures";
import { getHealth } from "@/lib/analytics/health";
import { getLatency, getQueueFigures, getThroughput } from "@/lib/analytics/overview";
import { getQueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { areFiguresSlow, countTerminalTasksExactly, listQueues } from "@/lib/analytics/queues";
import { getRelated } from "@/lib/analytics/related";
import { getTask } from "@/lib/analytics/task";
import { suggestTasks } from "@/lib/analytics/task-suggestions";
import { listTasks } from "@/lib/analytics/tasks";
import { listWorkers } from "@/lib/analytics/workers";
import { getRunDefinition, listWorkflowDefinitions } from "@/lib/analytics/workflow-definitions";
import {
  getDefinitionView,
  getOperatorRecords,
  getRunDefinitionView,
  getRunView,
} from "@/lib/analytics/workflow-views";
import { getWorkflowRun, listWorkflowRuns } from "@/lib/analytics/workflows";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { TopFailureGroup } from "@/lib/model/rows/failure";
import type { FailureFilters, FigureFilters } from "@/lib/search-params/windows";
import { coalesce, type Requester, type SharingOptions } from "./shared-reads";

/** A query whose result is shared by all requests with the same arguments whose viewers see the same rows. */
function share<Args extends unknown[], Result extends object>(
  name: string,
  read: (...args: [...Args, ReadOptions]) => Promise<Result>,
  options?: SharingOptions,
): (requester: Requester | undefined, ...args: Args) => Promise<Result> {
  return (requester, ...args) =>
    coalesce([name, ...args], requester, (signal) => read(...args, { signal }), options);
}

/** For figures over all queues. */
const FIGURES: SharingOptions = { isKept: areFiguresSlow };

/**
 * Queries that pages repeat. A page's first paint, its polls, and those of every other browser call the same
 * function with the same arguments, and so share one result (see `coalesce`). Each takes its request, which a
 * first paint does not have.
 */
export const readings = {
  audit: share("audit", listAudit),
  auditChoices: share("audit choices", listAuditChoices),
  baseline: share("baseline", getBaseline),
  bulk: share("bulk", getBulk),
  bulkFollowUp: share("bulk follow-up", getBulkFollowUp),
  bulkItems: share("bulk items", listBulkItems),
  bulkList: share("bulk list", listBulk),
  definition: share("definition", getDefinitionView),
  definitions: share("definitions", listWorkflowDefinitions),
  events: share("events", listEvents),
  exactCounts: share(
    "exact counts",
    (queue: string, tenant: readonly string[], options: ReadOptions) =>
      countTerminalTasksExactly(queue, { tenant, ...options }),
  ),
  failures: share("failures", listFailures, FIGURES),
  health: share("health", getHealth),
  latency: share(
    "latency",
    ({ range, tenant }: FigureFilters, options: ReadOptions) =>
      getLatency(range, { tenant, ...options }),
    FIGURES,
  ),
  maintenance: share("maintenance", getQueueMaintenance),
  operatorRecords: share("operator records", getOperatorRecords),
  queueFigures: share(
    "queue figures",
    (queue: string, { range, tenant }: FigureFilters, options: ReadOptions) =>
      getQueueFigures(queue, range, { tenant, ...options }),
  ),
  queues: share(
    "queues",
    (tenant: readonly string[], options: ReadOptions) => listQueues({ tenant, ...options }),
    FIGURES,
  ),
  related: share("related", getRelated),
  runDefinition: share("run definition", getRunDefinition),
  runGraph: share("run graph", getRunDefinitionView),
  runView: share("run view", getRunView),
  suggestions: share("suggestions", suggestTasks),
  // An open page of an unfinished task requests it every second.
  task: share("task", getTask, { lifetime: 900 }),
  tasks: share("tasks", listTasks),
  throughput: share(
    "throughput",
    ({ range, tenant }: FigureFilters, options: ReadOptions) =>
      getThroughput(range, { tenant, ...options }),
    FIGURES,
  ),
  waiters: share("waiters", listWaiters),
  workers: share(
    "workers",
    ({ range, tenant }: FigureFilters, options: ReadOptions) =>
      listWorkers(range, { tenant, ...options }),
    FIGURES,
  ),
  workflowRun: share("workflow run", getWorkflowRun),
  workflowRuns: share("workflow runs", listWorkflowRuns),
};

/** The largest error groups of the overview, and the largest of each queue; without samples. */
export type TopFailures = Omit<FailureList, "groups"> & { groups: TopFailureGroup[] };

const TOP_GROUPS = 6;

/** The part of `readings.failures` that the overview shows. Runs no query of its own. */
export async function listTopFailures(
  requester: Requester | undefined,
  filters: FailureFilters,
): Promise<TopFailures> {
  const list = await readings.failures(requester, filters);
  const known = topFailures.get(list);
  if (known) return known;
  const queues = new Set<string | undefined>();
  const groups = list.groups
    .filter(({ queues: [queue] }, place) => {
      const isFirst = !queues.has(queue);
      queues.add(queue);
      return isFirst || place < TOP_GROUPS;
    })
    .map(({ samples: _, ...group }) => group);
  const top = { ...list, groups };
  topFailures.set(list, top);
  return top;
}

/** One object for each result, so that its JSON is made once. */
const topFailures = new WeakMap<FailureList, TopFailures>();
