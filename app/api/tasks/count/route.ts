import { readParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { countTasks } from "@/lib/analytics/task-count";
import { tasksSearchParams } from "@/lib/search-params/tasks";
import { streamJsonLines } from "../streaming";

export function GET(request: Request): Promise<Response> {
  return respond(request, () => {
    const filters = readParameters(request, tasksSearchParams);
    return streamJsonLines(request, (signal) => countTasks(filters, { signal }));
  });
}
