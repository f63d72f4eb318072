import { parseAsString } from "nuqs/server";
import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { ProblemError } from "@/lib/model/problem";

type Context = { params: Promise<{ workflowRunId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const id = parseUuid("workflow run id", (await params).workflowRunId);
    const { path } = parseParameters(request, { path: parseAsString });
    if (path === null)
      throw new ProblemError({ code: "bad_request", message: "The parameter path is missing." });
    return readings.operatorRecords(request, id, path);
  });
}
