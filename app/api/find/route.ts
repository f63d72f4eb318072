import { readUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { findById } from "@/lib/analytics/find";

export function GET(request: Request): Promise<Response> {
  return respond(request, async () => {
    const id = readUuid("parameter id", new URL(request.url).searchParams.get("id"));
    return { found: await findById(id, { signal: request.signal }) };
  });
}
