import { parseAsString } from "nuqs/server";
import { parseParameters } from "@/app/api/parameters";
import { answer } from "@/app/api/respond";
import { findPreview } from "@/lib/actions/previews/previews";
import { ProblemError } from "@/lib/model/problem";
import { isTooLarge } from "@/lib/model/work/json-values";

/** As much as an action takes. */
const MOST_CHARACTERS = 4_194_304;
const MOST_VALUES = 10_000;

type Context = { params: Promise<{ preview: string }> };

export function GET(request: Request, context: Context): Promise<Response> {
  return answer(request, () => {
    const { input } = parseParameters(request, { input: parseAsString });
    return preview(request, context, input);
  });
}

/** Like GET, for input that is too long for a URL. It changes nothing either. */
export function POST(request: Request, context: Context): Promise<Response> {
  return answer(request, async () => {
    parseParameters(request, {});
    const input = await request.text();
    if (input.length > MOST_CHARACTERS || isTooLarge(input, MOST_VALUES))
      throw new ProblemError({ code: "bad_request", message: "The input is too large." });
    return preview(request, context, input);
  });
}

async function preview(
  request: Request,
  { params }: Context,
  input: string | null,
): Promise<object> {
  const { preview: name } = await params;
  const getPreview = findPreview(name);
  if (!getPreview)
    throw new ProblemError({ code: "bad_request", message: `There is no preview named ${name}.` });
  const result = await getPreview(parseInput(input), request);
  if (!result.ok) throw new ProblemError(result.error);
  return result.data;
}

function parseInput(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new ProblemError({ code: "bad_request", message: "The input is not JSON." });
  }
}
