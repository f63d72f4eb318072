import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { eventsSearchParams } from "@/lib/search-params/events";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, eventsSearchParams);
    return readings.events(request, filters);
  });
}
