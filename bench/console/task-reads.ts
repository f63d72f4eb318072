import { getBaseline } from "@/lib/analytics/baseline";
import { findById, findByShortId } from "@/lib/analytics/find";
import { getPayload } from "@/lib/analytics/payloads";
import { getRelated } from "@/lib/analytics/related";
import { getTask } from "@/lib/analytics/task";
import { suggestTasks } from "@/lib/analytics/task-suggestions";
import { listKnownTasks, listSelectedTasks, listTasks } from "@/lib/analytics/tasks";
import { ACTIVE_STATES } from "@/lib/model/states";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import type { Context } from "./context";
import type { Read } from "./reads";
import { LARGEST, NAMES, PARTITIONED, SIZES } from "./sizes";

const at = <T>(values: readonly T[], n: number): T => {
  const value = values[n % values.length];
  if (value === undefined) throw new Error("The data set has nothing to ask for");
  return value;
};

const older = (context: Context, n: number) => `o.${at(context.tasks, n)}`;
const newer = (context: Context, n: number) => `n.${at(context.tasks, n)}`;
const daysAgo = ({ now }: Context, days: number) => new Date(now - days * 86_400_000).toISOString();

/** The instant since which each data set has as many tasks as the smallest one has in a day. */
const since = (context: Context) => daysAgo(context, SIZES["100k"] / SIZES[context.size]);

/** The n-th combination of filters; the choices cycle with different periods, so that all pairs occur. */
function combination(context: Context, n: number): Partial<TaskFilters> {
  return {
    ...at<Partial<TaskFilters>>(
      [
        {},
        { queue: [LARGEST] },
        { queue: [PARTITIONED] },
        { queue: ["media", "reports", LARGEST] },
      ],
      n,
    ),
    ...at<Partial<TaskFilters>>(
      [{}, { cursor: older(context, n) }, { cursor: newer(context, n) }],
      n,
    ),
    ...at<Partial<TaskFilters>>(
      [
        {},
        { range: "24h" },
        { after: daysAgo(context, 20), before: daysAgo(context, 10) },
        { id: at(context.tasks, n).slice(0, 7) },
        {},
      ],
      n,
    ),
    ...at<Partial<TaskFilters>>(
      [
        {},
        ...ACTIVE_STATES.map((state) => ({ state: [state] })),
        { state: [...ACTIVE_STATES] },
        {},
        {},
      ],
      n,
    ),
    limit: at([50, 200], Math.floor(n / 7)),
  };
}

const page = (
  title: string,
  filters: (context: Context, n: number) => Partial<TaskFilters>,
  more: Partial<Read> = {},
): Read => ({
  title,
  function: "listTasks",
  run: (context, n) => listTasks(taskFilters(filters(context, n))),
  limit: 20,
  ...more,
});

let newTask = 0;

/** Lists of tasks, and reads of one task. */
export const TASK_READS: readonly Read[] = [
  page("newest tasks", () => ({})),
  page("newest 200 tasks", () => ({ limit: 200 })),
  page("tasks at any depth", (context, n) => ({ cursor: older(context, n) })),
  page("upwards from any depth", (context, n) => ({ cursor: newer(context, n) })),
  page("tasks of one queue, any depth", (context, n) => ({
    queue: [LARGEST],
    cursor: older(context, n),
  })),
  page("tasks of the partitioned queue", () => ({ queue: [PARTITIONED] })),
  page("tasks of a day", () => ({ range: "24h" })),
  page("tasks between two times", (context) => ({
    after: daysAgo(context, 20),
    before: daysAgo(context, 10),
  })),
  page("tasks by the beginning of an id", (context, n) => ({
    id: at(context.tasks, n).slice(0, 9),
  })),
  page("pending tasks", () => ({ state: ["pending"] })),
  page("running tasks", () => ({ state: ["running"] })),
  page("sleeping tasks", () => ({ state: ["sleeping"] })),
  page("sleeping tasks at any depth", (context, n) => ({
    state: ["sleeping"],
    cursor: older(context, n),
  })),
  page("active tasks", () => ({ state: [...ACTIVE_STATES] })),
  page("any combination of these", combination, { calls: 240 }),
  page("failed tasks", () => ({ state: ["failed"] })),
  page("cancelled tasks at any depth", (context, n) => ({
    state: ["cancelled"],
    cursor: older(context, n),
  })),
  page("tasks of the most common name", () => ({ name: [at(NAMES, 0)] })),
  page("failed tasks of a name", () => ({ state: ["failed"], name: [at(NAMES, 2)] }), {
    limit: 100,
  }),
  page("the oldest tasks", () => ({ sort: "oldest" })),
  page("pending tasks by what is due", () => ({ state: ["pending"], sort: "due" })),
  page("active tasks by what is due", () => ({ state: [...ACTIVE_STATES], sort: "due" })),
  page("tasks of an idempotency key", () => ({ idempotency: ["order-42"] })),
  // These scan every task in their window, up to a limit that the small data set doesn't reach.
  page("tasks of a day with the most attempts", () => ({ range: "24h", sort: "attempts" }), {
    limit: 500,
    follows: "tasks of the window",
  }),
  page("tasks of a day that took longest", () => ({ range: "24h", sort: "duration" }), {
    limit: 1_000,
    follows: "tasks of the window",
  }),
  page("3,333 tasks with the most attempts", (context) => ({
    after: since(context),
    sort: "attempts",
  })),
  page("3,333 tasks that took longest", (context) => ({
    after: since(context),
    sort: "duration",
  })),
  {
    title: "fifty named tasks",
    function: "listSelectedTasks",
    run: (context, n) =>
      listSelectedTasks(
        Array.from({ length: 50 }, (_, k) => at(context.anywhere, n + k)).map(
          ({ queue, taskId }) => ({ queue, taskId }),
        ),
      ),
    limit: 20,
  },
  {
    title: "fifty rows on screen",
    function: "listKnownTasks",
    run: (context, n) =>
      listKnownTasks(
        taskFilters({ state: ["failed"] }),
        Array.from({ length: 50 }, (_, k) => at(context.anywhere, n + k)),
      ),
    limit: 30,
  },
  {
    title: "a task by its bare id",
    function: "findById",
    run: async (context, n) => {
      const [found] = (await findById(at(context.anywhere, n).taskId)).found;
      if (!found || found.kind === "workflow") throw new Error("The task is gone");
      await getTask(found.queue, found.taskId);
    },
    limit: 10,
  },
  {
    title: "a run's id",
    function: "findById",
    run: (context, n) => findById(at(context.anywhere, n).runId),
    limit: 10,
  },
  {
    title: "a shortened id",
    function: "findByShortId",
    run: (context, n) => {
      const { taskId } = at(context.anywhere, n);
      return findByShortId({ prefix: taskId.slice(0, 8), suffix: taskId.slice(-4) });
    },
    limit: 50,
    follows: "tasks of a minute",
  },
  {
    title: "one task",
    function: "getTask",
    run: (context, n) => getTask(LARGEST, at(context.tasks, n)),
    limit: 10,
  },
  {
    title: "a task's parameters",
    function: "getPayload",
    run: (context, n) => getPayload(LARGEST, at(context.tasks, n), { of: "params" }),
    limit: 10,
  },
  {
    title: "related tasks",
    function: "getRelated",
    run: ({ anywhere }) => {
      // A call for the same task continues the search.
      const { queue, taskId } = at(anywhere, newTask++);
      return getRelated(queue, taskId);
    },
    limit: 30,
  },
  {
    title: "related tasks, continued",
    function: "getRelated",
    run: (context, n) => getRelated(LARGEST, at(context.tasks, n)),
    limit: 350,
    follows: "later tasks, for 0.25 s",
  },
  {
    title: "what is usual for a name",
    function: "getBaseline",
    run: (_, n) => getBaseline(LARGEST, at(NAMES, n)),
    limit: 50,
  },
  {
    title: "suggestions of the search box",
    function: "suggestTasks",
    run: () => suggestTasks([]),
    limit: 50,
  },
];
