import { parseAsString } from "nuqs/server";
import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { findById } from "@/lib/analytics/find";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", async () => {
    const { id: given } = parseParameters(request, { id: parseAsString });
    const id = parseUuid("parameter id", given);
    return { found: await findById(id, { signal: request.signal }) };
  });
}
