import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { listAuditChoices } from "@/lib/analytics/audit";
import { coalesce } from "@/lib/analytics/coalesce";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    parseParameters(request, {});
    return coalesce(["audit choices"], request, (signal) => listAuditChoices({ signal }));
  });
}
