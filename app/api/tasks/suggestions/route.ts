import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { queue } = parseParameters(request, { queue: tasksSearchParams.queue });
    return readings.suggestions(request, queue);
  });
}
