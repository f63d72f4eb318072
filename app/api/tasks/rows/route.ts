import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { refreshTasks } from "@/lib/live/known-tasks";
import { ProblemError } from "@/lib/model/problem";
import { knownTasksSearchParams } from "@/lib/search-params/tasks/known";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { rows, ...filters } = parseParameters(request, knownTasksSearchParams);
    if (rows === null)
      throw new ProblemError({ code: "bad_request", message: "The parameter rows is missing." });
    return refreshTasks(request, filters, rows);
  });
}
