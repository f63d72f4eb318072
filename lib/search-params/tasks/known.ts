import { createParser, createSerializer } from "nuqs/server";
import { isUuid } from "@/lib/model/ids";
import type { TaskAddress } from "@/lib/model/task";
import { tasksSearchParams } from "./filters";

/** The maximum number of rows that one request can name. */
const MOST = 1_000;

/** Tasks by queue, `orders:id,id;mail:id`, with the names of queues percent-encoded. */
const parseAsTasks = createParser<TaskAddress[]>({
  parse: (text) => {
    const tasks = text.split(";").flatMap((part) => {
      const [queue = "", ids = ""] = part.split(":");
      return ids.split(",").map((id) => ({ queue: decode(queue), taskId: id.toLowerCase() }));
    });
    const isValid = tasks.every(({ queue, taskId }) => queue !== "" && isUuid(taskId));
    return isValid && tasks.length <= MOST ? tasks : null;
  },
  serialize: (tasks) => {
    const queues = new Map<string, string[]>();
    for (const { queue, taskId } of tasks)
      queues.set(queue, [...(queues.get(queue) ?? []), taskId]);
    return [...queues]
      .map(([queue, ids]) => `${encodeURIComponent(queue)}:${ids.join(",")}`)
      .join(";");
  },
});

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Search params of the rows that a list shows. The list's order, cursor and page size do not matter. */
export const knownTasksSearchParams = { ...tasksSearchParams, rows: parseAsTasks };

/** The query string of these filters and rows with its `?`. */
export const serializeKnownTasks = createSerializer(knownTasksSearchParams);
