import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { isStillPermitted } from "@/lib/identity/require";
import { type Change, listenForChanges } from "@/lib/live/changes";
import { ProblemError } from "@/lib/model/problem";
import { shutdownSignal } from "@/lib/shutdown";

/** A stream ends after ten minutes, so that the next one is authorised again. In milliseconds. */
const LONGEST = 600_000;

/** How often it is checked in between whether the caller may still hear, in milliseconds. */
const RECHECK = 60_000;

/** Proxies close a connection that is silent for longer, in milliseconds. */
const BEAT = 15_000;

/** What changed in the database, as server-sent events, for pages to request what they show again. */
export function GET(request: Request): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    return new Response(streamChanges(request), {
      headers: {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
      },
    });
  });
}

function streamChanges(request: Request): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ended = new AbortController();
  let send = (_text: string) => {};
  const stop = listenForChanges((change) => send(formatChange(change)));
  if (!stop)
    throw new ProblemError({
      code: "busy",
      message: "This server has too many open event streams.",
      hint: "The page requests its data at intervals instead.",
    });
  const signal = AbortSignal.any([
    request.signal,
    shutdownSignal(),
    ended.signal,
    AbortSignal.timeout(LONGEST),
  ]);
  return new ReadableStream({
    start(sink) {
      send = (text) => {
        // A client that stopped reading would let its events pile up.
        if ((sink.desiredSize ?? 0) < -100) ended.abort();
        else sink.enqueue(encoder.encode(text));
      };
      send("retry: 3000\n\n");
      const beat = setInterval(() => send(":\n\n"), BEAT);
      const recheck = setInterval(() => {
        // While the database is away nothing changes that could be heard.
        isStillPermitted("view", request).then(
          (permitted) => permitted || ended.abort(),
          () => undefined,
        );
      }, RECHECK);
      const end = () => {
        clearInterval(beat);
        clearInterval(recheck);
        stop();
        send = () => {};
        try {
          sink.close();
        } catch {
          // The client has gone.
        }
      };
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    },
    cancel: () => ended.abort(),
  });
}

function formatChange(change: Change): string {
  const data = change.kind === "quiet" ? {} : { queues: change.queues, turn: change.turn };
  return `event: ${change.kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
