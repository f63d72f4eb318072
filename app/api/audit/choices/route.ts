import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    parseParameters(request, {});
    return readings.auditChoices(request);
  });
}
