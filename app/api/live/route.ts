import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import type { Identity } from "@/lib/identity/identity";
import { isStillPermitted } from "@/lib/identity/require";
import { type Change, listenForChanges } from "@/lib/live/changes";
import { ProblemError } from "@/lib/model/problem";
import { shutdownSignal } from "@/lib/shutdown";

/** A stream ends after ten minutes, so that the next one is authorised again. In milliseconds. */
const LONGEST = 600_000;

/** Interval in milliseconds at which the caller's permission is checked during a stream. */
const RECHECK = 60_000;

/** Heartbeat interval in milliseconds; proxies close a connection that is silent for longer. */
const BEAT = 15_000;

/** Changes in the database as server-sent events, so that pages can refetch. */
export function GET(request: Request): Promise<Response> {
  return respond(request, "view", async (identity) => {
    parseParameters(request, {});
    return new Response(streamChanges(request, identifyOwner(identity)), {
      headers: {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
      },
    });
  });
}

/**
 * Whose streams are counted together: a person's in all their sessions. Everyone with the token has the same subject,
 * so each of their sessions counts on its own; `null` if it can't be told apart from the others.
 */
function identifyOwner({ door, subject, sessionId }: Identity): string | null {
  if (door === "local") return null;
  return door === "token" ? sessionId : JSON.stringify([door, subject]);
}

function streamChanges(request: Request, owner: string | null): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ended = new AbortController();
  let send = (_text: string) => {};
  const stop = listenForChanges((change) => send(formatChange(change)), owner);
  if (!stop)
    throw new ProblemError({
      code: "busy",
      message: "This server has too many open event streams, or this person has.",
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
        // Events would pile up for a client that has stopped reading.
        if ((sink.desiredSize ?? 0) < -100) ended.abort();
        else sink.enqueue(encoder.encode(text));
      };
      send("retry: 3000\n\n");
      const beat = setInterval(() => send(":\n\n"), BEAT);
      const recheck = setInterval(() => {
        // While the database is unreachable, there are no changes to leak.
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
          // The client has disconnected.
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
