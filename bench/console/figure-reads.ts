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

/** Windows with about as many attempts: an hour of 5 million tasks has twice as many as a day of 100 thousand. */
const SIMILAR: Record<Size, Window> = { "100k": "24h", "1m": "1h", "5m": "1h" };

/** Counts, rates and groups. */
export const FIGURE_READS: readonly Read[] = [
  {
    title: "queues with exact active counts",
    function: "listQueues",
    run: () => listQueues(),
    limit: 80,
  },
  { title: "one queue", function: "getQueue", run: () => getQueue(LARGEST), limit: 80 },
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
  },
  {
    title: "overview: waits and run times of 24 hours",
    function: "getLatency",
    run: () => getLatency("24h"),
    limit: 150,
  },
  {
    title: "overview of 24 hours, both at once",
    function: "getThroughput",
    run: () => Promise.all([getThroughput("24h"), getLatency("24h")]),
    limit: 150,
  },
  {
    title: "overview of a week, both at once",
    function: "getLatency",
    run: () => Promise.all([getThroughput("7d"), getLatency("7d")]),
  },
  {
    title: "figures of one queue, 24 hours",
    function: "getQueueFigures",
    run: () => getQueueFigures(LARGEST, "24h"),
    limit: 150,
  },
  {
    title: "failure groups of 24 hours",
    function: "listFailures",
    run: () => listFailures(failureFilters()),
    limit: 300,
  },
  {
    title: "failure groups, similarly many attempts",
    function: "listFailures",
    run: ({ size }) => listFailures(failureFilters({ range: SIMILAR[size] })),
    growth: 1.5,
  },
  {
    title: "tasks of one failure group",
    function: "listFailedTasks",
    run: () => listFailedTasks("000000000000", failureFilters()),
    limit: 300,
  },
  {
    title: "workers of 24 hours",
    function: "listWorkers",
    run: () => listWorkers("24h"),
    limit: 150,
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
    calls: 3,
  },
  { title: "health", function: "getHealth", run: () => getHealth(), limit: 10, growth: 1.5 },
];
