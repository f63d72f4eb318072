import type { ProblemBody } from "@/lib/model/problem";
import { ProblemError } from "@/lib/model/problem";
import { fetchFromApi } from "./api";

/**
 * Streams the JSON lines of a route, each as soon as it is complete. Leaving the loop ends the request.
 *
 * @throws ProblemError for an error response, an error in the last line, or a lost connection.
 */
export async function* streamJsonLines<T extends object>(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const text of streamLines(path, signal)) {
    const line = JSON.parse(text) as T | ProblemBody;
    if ("error" in line) throw new ProblemError(line.error);
    yield line;
  }
}

async function* streamLines(path: string, signal: AbortSignal): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of streamText(path, signal)) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/**
 * Streams the text of a response in chunks.
 *
 * @throws ProblemError for an error response or a lost connection.
 */
export async function* streamText(path: string, signal: AbortSignal): AsyncGenerator<string> {
  const response = await fetchFromApi(path, signal);
  const reader = response.body
    ?.pipeThrough(new TextDecoderStream("utf-8", { ignoreBOM: true }))
    .getReader();
  try {
    for (;;) {
      const chunk = await reader?.read().catch((error: unknown) => {
        if (signal.aborted) throw error;
        throw new ProblemError({ code: "network", message: "The response ended early." });
      });
      if (!chunk || chunk.done) return;
      yield chunk.value;
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}
