import { parseAsString } from "nuqs/server";
import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { findById, findByShortId } from "@/lib/analytics/find";
import { parseShortId } from "@/lib/search-params/parsers";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", async () => {
    const { id: given } = parseParameters(request, { id: parseAsString });
    const { signal } = request;
    const short = given !== null && given.length < 36 ? parseShortId(given) : null;
    if (short) return findByShortId(short, { signal });
    const id = parseUuid("parameter id", given);
    return findById(id, { signal });
  });
}
