import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { countTasks } from "@/lib/analytics/tasks";
import { followSearchParams } from "@/lib/search-params/tasks/export";
import { streamJsonLines } from "../streaming";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, followSearchParams);
    return streamJsonLines(request, (signal) => countTasks(filters, { signal }));
  });
}
