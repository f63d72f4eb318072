/** Answers requests without the framework, if their routes offer it (`app/api/direct.ts`). */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerDirectly } from "@/lib/direct-answers";

/**
 * Whether the request needs no other answer: it was answered, or its client has left. Otherwise nothing was sent. Rejects
 * if the answer failed.
 */
export async function sendDirectly(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (request.method !== "GET") return false;
  // The client left while the server was starting, so "close" was emitted already.
  if (response.destroyed) return true;
  const gone = new AbortController();
  const answer = answerDirectly({
    url: request.url ?? "",
    headers: toHeaders(request),
    signal: gone.signal,
  });
  if (!answer) return false;
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const { status, headers, body } = await answer;
  if (gone.signal.aborted) {
    await body?.cancel().catch(() => undefined);
    return true;
  }
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  if (body) await sendBody(body, response).catch(() => response.destroy());
  else response.end();
  return true;
}

function toHeaders({ headers }: IncomingMessage): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const one of [value ?? []].flat()) result.append(name, one);
  return result;
}

/** Sends a body as it comes. Resolves when it has ended, or the client has left. */
async function sendBody(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  closed.then(() => reader.cancel()).catch(() => undefined);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!response.write(value))
      await Promise.race([closed, new Promise((resolve) => response.once("drain", resolve))]);
  }
  response.end();
}
