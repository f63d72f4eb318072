import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getAccessOverview } from "@/lib/identity/overview";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", (identity) => {
    parseParameters(request, {});
    return getAccessOverview(identity);
  });
}
