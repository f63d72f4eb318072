import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getSetup } from "@/lib/analytics/setup";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    parseParameters(request, {});
    return getSetup({ signal: request.signal });
  });
}
