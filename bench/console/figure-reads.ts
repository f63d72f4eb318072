import { listFailedTasks, listFailures } from "@/lib/analytics/failures";
import { getHealth } from "@/lib/analytics/health";
import { getLatency, getQueueFigures, getThroughput } from "@/lib/analytics/overview";
import { getQueueMaintenance, previewCleanup } from "@/lib/analytics/queue-maintenance";
import { countTerminalTasksExactly, getQueue, listQueues } from "@/lib/analytics/queues";
import { countTerminalTasks } from "@/lib/analytics/queues/terminal-counts";
import { listWorkers } from "@/lib/analytics/workers";
import { inSnapshot } from "@/lib/db/snapshot";
import { failureFilters, type Window } from "@/lib/search-params/windows";
import type { Read } from "./reads";
import { LARGEST, PARTITIONED, QUEUES, type Size } from "./sizes";

const names = QUEUES.map((queue) => queue.name);

/**
 * Windows with similarly many attempts: a week of 100 thousand tasks has 27,000, a day of a million 38,000 and one of 5
 * million 190,000, of which the figures read at most about as many.
 */
const FULL: Record<Size, Window> = { "100k": "7d", "1m": "24h", "5m": "24h" };
/** The same for fewer: a day of 100 thousand tasks has 3,800, an hour of a million 1,600 and one of 5 million 8,000. */
const SIMILAR: Record<Size, Window> = { "100k": "24h", "1m": "1h", "5m": "1h" };

const ATTEMPTS = "attempts of the window";

/** Counts, rates and groups. */
export const FIGURE_READS: readonly Read[] = [
  {
    title: "queues with exact active counts",
    function: "listQueues",
    run: () => listQueues(),
    limit: 40,
    follows: "active runs",
  },
  {
    title: "one queue",
    function: "getQueue",
    run: () => getQueue(LARGEST),
    limit: 20,
    follows: "active runs",
  },
  {
    title: "queues, similarly many active runs",
    function: "listQueues",
    run: () => listQueues(),
    limit: 20,
    isThinned: true,
  },
  {
    title: "one queue, similarly many active runs",
    function: "getQueue",
    run: () => getQueue(LARGEST),
    limit: 15,
    isThinned: true,
  },
  {
    title: "terminal estimates of all queues",
    function: "countTerminalTasks",
    run: () => inSnapshot((db) => countTerminalTasks(db, names)),
    limit: 10,
  },
  {
    title: "overview: attempts of 24 hours",
    function: "getThroughput",
    run: () => getThroughput("24h"),
    limit: 150,
    follows: ATTEMPTS,
  },
  {
    title: "overview: similarly many attempts",
    function: "getThroughput",
    run: ({ size }) => getThroughput(SIMILAR[size]),
    limit: 50,
  },
  {
    title: "overview: waits and run times of 24 hours",
    function: "getLatency",
    run: () => getLatency("24h"),
    limit: 150,
    follows: "sampled tasks, 3,333 and 12,000",
  },
  {
    title: "overview: waits and run times of 12,000 tasks",
    function: "getLatency",
    run: ({ size }) => getLatency(FULL[size]),
    limit: 150,
  },
  {
    title: "overview of 24 hours, both at once",
    function: "getThroughput",
    run: () => Promise.all([getThroughput("24h"), getLatency("24h")]),
    limit: 150,
    follows: ATTEMPTS,
  },
  {
    title: "overview of a week, both at once",
    function: "getLatency",
    run: () => Promise.all([getThroughput("7d"), getLatency("7d")]),
    follows: ATTEMPTS,
  },
  {
    title: "figures of one queue, 24 hours",
    function: "getQueueFigures",
    run: () => getQueueFigures(LARGEST, "24h"),
    limit: 150,
    follows: ATTEMPTS,
  },
  {
    title: "figures of one queue, similarly many attempts",
    function: "getQueueFigures",
    run: ({ size }) => getQueueFigures(LARGEST, FULL[size]),
    limit: 150,
  },
  {
    title: "failure groups of 24 hours",
    function: "listFailures",
    run: () => listFailures(failureFilters()),
    limit: 300,
    follows: ATTEMPTS,
  },
  {
    title: "failure groups, similarly many attempts",
    function: "listFailures",
    run: ({ size }) => listFailures(failureFilters({ range: SIMILAR[size] })),
  },
  {
    title: "tasks of one failure group",
    function: "listFailedTasks",
    run: () => listFailedTasks("000000000000", failureFilters()),
    limit: 300,
    follows: ATTEMPTS,
  },
  {
    title: "tasks of one failure group, similarly many attempts",
    function: "listFailedTasks",
    run: ({ size }) => listFailedTasks("000000000000", failureFilters({ range: SIMILAR[size] })),
  },
  {
    title: "workers of 24 hours",
    function: "listWorkers",
    run: () => listWorkers("24h"),
    limit: 100,
    follows: "attempts of the window, running runs",
  },
  {
    title: "workers, similarly many attempts and running runs",
    function: "listWorkers",
    run: ({ size }) => listWorkers(FULL[size]),
    limit: 100,
    isThinned: true,
  },
  {
    title: "what a clean-up would delete",
    function: "previewCleanup",
    run: () => previewCleanup(LARGEST, 20 * 86_400),
    limit: 150,
  },
  {
    title: "storage, partitions and policy",
    function: "getQueueMaintenance",
    run: () => getQueueMaintenance(PARTITIONED),
    limit: 50,
  },
  {
    title: "terminal tasks counted exactly",
    function: "countTerminalTasksExactly",
    run: () => countTerminalTasksExactly(LARGEST),
    scans: true,
    follows: "tasks of the queue",
    calls: 3,
  },
  { title: "health", function: "getHealth", run: () => getHealth(), limit: 10 },
];
