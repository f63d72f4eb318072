import { parseAsStringLiteral } from "nuqs/server";
import { parseParameters, parseUuid } from "@/app/api/parameters";
import { jsonText, respond } from "@/app/api/respond";
import { getWorkflowPayload } from "@/lib/analytics/workflows";
import { ProblemError } from "@/lib/model/problem";
import { WORKFLOW_PAYLOADS } from "@/lib/search-params/workflows";

type Context = { params: Promise<{ workflowRunId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const id = parseUuid("workflow run id", (await params).workflowRunId);
    const { of } = parseParameters(request, { of: parseAsStringLiteral(WORKFLOW_PAYLOADS) });
    if (of === null)
      throw new ProblemError({ code: "bad_request", message: "The parameter of is missing." });
    return jsonText(await getWorkflowPayload(id, of, { signal: request.signal }));
  });
}
