import { parseAsString } from "nuqs/server";
import { readParameters, readUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { findById } from "@/lib/analytics/find";

export function GET(request: Request): Promise<Response> {
  return respond(request, async () => {
    const { id: given } = readParameters(request, { id: parseAsString });
    const id = readUuid("parameter id", given);
    return { found: await findById(id, { signal: request.signal }) };
  });
}
