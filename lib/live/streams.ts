/**
 * Names an endless body that a route leaves to the server (`server/serve.ts`) to send. On a request, from the server: the
 * name to use. On a response: the body's name. Otherwise what the framework keeps of a request, most of 80 kB, would live
 * as long as the body. The development server sends no such header, and the framework sends the body.
 */
export const STREAM_HEADER = "x-stream";

// The server and the routes are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.streams");
const shared = globalThis as { [KEY]?: Map<string, ReadableStream<Uint8Array>> };

/** The bodies that routes have left to the server, by name. Without a call of this, they leave none. */
export function acceptStreams(): Map<string, ReadableStream<Uint8Array>> {
  shared[KEY] ??= new Map();
  return shared[KEY];
}

/** A response with an endless body, which is left to the server if that accepts it. */
export function streamResponse(
  request: Request,
  body: ReadableStream<Uint8Array>,
  headers: Record<string, string>,
): Response {
  const name = request.headers.get(STREAM_HEADER);
  if (!shared[KEY] || name === null || request.method !== "GET")
    return new Response(body, { headers });
  shared[KEY].set(name, body);
  return new Response(null, { headers: { ...headers, [STREAM_HEADER]: name } });
}
