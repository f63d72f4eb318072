import { readParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { ReadError } from "@/lib/analytics/errors";
import { getUsual } from "@/lib/analytics/task-usual";
import { usualSearchParams } from "@/lib/search-params/usual";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, async () => {
    const { queue } = await params;
    const { name } = readParameters(request, usualSearchParams);
    if (name === null) throw new ReadError("bad_request", "The parameter name is missing.");
    return coalesce(["usual", queue, name], request.signal, (signal) =>
      getUsual(queue, name, { signal }),
    );
  });
}
