import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getSummary } from "@/lib/live/summary";

/** What needs attention in the database, and its figures. */
export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    parseParameters(request, {});
    return getSummary(request);
  });
}
