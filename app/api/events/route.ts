import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listEvents } from "@/lib/analytics/events";
import { eventsSearchParams } from "@/lib/search-params/events";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, eventsSearchParams);
    return coalesce(["events", filters], request, (signal) => listEvents(filters, { signal }));
  });
}
