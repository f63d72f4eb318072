import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { suggestTasks } from "@/lib/analytics/task-suggestions";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { queue } = parseParameters(request, { queue: tasksSearchParams.queue });
    return coalesce(["task suggestions", queue], request, (signal) =>
      suggestTasks(queue, { signal }),
    );
  });
}
