import type { ProblemBody } from "@/lib/model/problem";
import { ProblemError } from "@/lib/model/problem";
import { fetchFromApi } from "./api";

/**
 * The lines of JSON that a route streams, each as soon as it is complete. Leaving the loop ends the request.
 *
 * @throws ProblemError for an answer that is no 2xx, for a last line that says what went wrong, and for a lost connection.
 */
export async function* readJsonLines<T extends object>(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const text of readLines(path, signal)) {
    const line = JSON.parse(text) as T | ProblemBody;
    if ("error" in line) throw new ProblemError(line.error);
    yield line;
  }
}

async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of readText(path, signal)) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/**
 * The text of an answer, chunk by chunk.
 *
 * @throws ProblemError as above, also when the answer breaks off.
 */
export async function* readText(path: string, signal: AbortSignal): AsyncGenerator<string> {
  const response = await fetchFromApi(path, signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
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
