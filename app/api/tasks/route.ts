import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listTasks } from "@/lib/analytics/tasks";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, tasksSearchParams);
    return coalesce(["tasks", filters], request, (signal) => listTasks(filters, { signal }));
  });
}
