import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { listFailedTasks } from "@/lib/analytics/failures";
import { failuresSearchParams } from "@/lib/search-params/windows";

type Context = { params: Promise<{ group: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const { group } = await params;
    const filters = parseParameters(request, failuresSearchParams);
    return listFailedTasks(group, filters, { signal: request.signal });
  });
}
