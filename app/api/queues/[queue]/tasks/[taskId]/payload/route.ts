import { parseParameters, parseUuid } from "@/app/api/parameters";
import { jsonText, respond } from "@/app/api/respond";
import { getPayload } from "@/lib/analytics/payloads";
import { ProblemError } from "@/lib/model/problem";
import { type PayloadRef, payloadSearchParams } from "@/lib/search-params/payload";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string; taskId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const { queue: segment, taskId } = await params;
    const queue = queueOfSegment(segment);
    const id = parseUuid("task id", taskId);
    return jsonText(await getPayload(queue, id, parseRef(request), { signal: request.signal }));
  });
}

function parseRef(request: Request): PayloadRef {
  const { of, run, name } = parseParameters(request, payloadSearchParams);
  switch (of) {
    case null:
      throw new ProblemError({ code: "bad_request", message: "The parameter of is missing." });
    case "checkpoint":
      if (name === null)
        throw new ProblemError({ code: "bad_request", message: "The parameter name is missing." });
      return { of, name };
    case "runResult":
    case "failureReason":
    case "eventPayload":
      return { of, run: parseUuid("parameter run", run) };
    default:
      return { of };
  }
}
