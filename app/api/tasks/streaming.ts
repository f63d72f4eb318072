import { AsyncLocalStorage } from "node:async_hooks";
import { describeError } from "@/app/api/respond";
import type { ProblemBody } from "@/lib/model/problem";

/** A stream: steps that stop when the signal aborts, and the format of each step. */
type Streamed<Step> = {
  steps: (signal: AbortSignal) => AsyncGenerator<Step>;
  write: (step: Step) => string;
  /**
   * Writes the last line after an error. Without it the response is cut off, so that it isn't mistaken for complete.
   */
  writeError?: (body: ProblemBody) => string;
  headers: Record<string, string>;
};

/**
 * Streams each step as soon as it is available. The first step is awaited, so that a failing request gets an error
 * status. The steps stop when the client disconnects, and never run ahead of it.
 */
export async function streamSteps<Step>(
  request: Request,
  { steps, write, writeError, headers }: Streamed<Step>,
): Promise<Response> {
  const gone = new AbortController();
  // The stream is pulled from outside the request, where the caller's scope would be lost.
  const asCaller = AsyncLocalStorage.snapshot();
  const running = steps(AbortSignal.any([request.signal, gone.signal]));
  let first: IteratorResult<Step, unknown> | undefined = await running.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(sink) {
      try {
        // Without it, steps that are there already would be written without a pause.
        await new Promise(setImmediate);
        const step = first ?? (await asCaller(() => running.next()));
        first = undefined;
        if (step.done) return sink.close();
        sink.enqueue(encoder.encode(write(step.value)));
      } catch (error) {
        if (!writeError || gone.signal.aborted || request.signal.aborted) return sink.error(error);
        sink.enqueue(encoder.encode(writeError({ error: describeError(request, error) })));
        sink.close();
      }
    },
    cancel: () => gone.abort(),
  });
  // Proxies and the server's own compression would buffer the lines.
  return new Response(body, {
    headers: { ...headers, "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no" },
  });
}

/** Streams steps as lines of JSON. After an error, the last line is the body of an error response. */
export function streamJsonLines<Step>(
  request: Request,
  steps: (signal: AbortSignal) => AsyncGenerator<Step>,
): Promise<Response> {
  return streamSteps(request, {
    steps,
    write: (step) => `${JSON.stringify(step)}\n`,
    writeError: (body) => `${JSON.stringify(body)}\n`,
    headers: { "Content-Type": "application/x-ndjson; charset=utf-8" },
  });
}
