/**
 * The routes that the server answers itself: the same functions and checks, without the framework's router, which takes
 * several times as long as most of them. The framework answers everything else, and these for unusual URLs and other methods.
 */
import { splitPrefix, withBase } from "@/lib/base-path";
import type { AnswerDirectly } from "@/lib/direct-answers";
import {
  type Asked,
  forwardHeaders,
  refuseForeign,
  refuseGuarded,
  refuseMisplaced,
  refuseStranger,
} from "@/lib/identity/admission";
import { isHttps } from "@/lib/identity/client-address";
import { apiHeaders, transportHeaders } from "@/lib/identity/headers";

/** Each route names the parameters of its own path. */
type Context = { params: Promise<never> };
type Route = { GET: (request: Request, context: Context) => Response | Promise<Response> };

/**
 * Every route of the API whose responses are short or compressed by the route. The framework compresses the others:
 * exports, searches and payloads, which are streams.
 *
 * Each is loaded at its first request, because a server that only answers probes needs none of them.
 */
const LOAD: Record<string, () => Promise<Route>> = {
  access: () => import("./access/route"),
  audit: () => import("./audit/route"),
  "audit/choices": () => import("./audit/choices/route"),
  bulk: () => import("./bulk/route"),
  "bulk/[bulkId]": () => import("./bulk/[bulkId]/route"),
  "bulk/[bulkId]/follow-up": () => import("./bulk/[bulkId]/follow-up/route"),
  "bulk/[bulkId]/items": () => import("./bulk/[bulkId]/items/route"),
  events: () => import("./events/route"),
  failures: () => import("./failures/route"),
  "failures/[group]/tasks": () => import("./failures/[group]/tasks/route"),
  find: () => import("./find/route"),
  health: () => import("./health/route"),
  "health/live": () => import("./health/live/route"),
  "health/ready": () => import("./health/ready/route"),
  "health/startup": () => import("./health/startup/route"),
  live: () => import("./live/route"),
  "overview/failures": () => import("./overview/failures/route"),
  "overview/latency": () => import("./overview/latency/route"),
  "overview/throughput": () => import("./overview/throughput/route"),
  "previews/[preview]": () => import("./previews/[preview]/route"),
  queues: () => import("./queues/route"),
  "queues/[queue]/count": () => import("./queues/[queue]/count/route"),
  "queues/[queue]/events": () => import("./queues/[queue]/events/route"),
  "queues/[queue]/events/waiters": () => import("./queues/[queue]/events/waiters/route"),
  "queues/[queue]/figures": () => import("./queues/[queue]/figures/route"),
  "queues/[queue]/maintenance": () => import("./queues/[queue]/maintenance/route"),
  "queues/[queue]/tasks/[taskId]": () => import("./queues/[queue]/tasks/[taskId]/route"),
  "queues/[queue]/tasks/[taskId]/related": () =>
    import("./queues/[queue]/tasks/[taskId]/related/route"),
  "queues/[queue]/usual": () => import("./queues/[queue]/usual/route"),
  setup: () => import("./setup/route"),
  summary: () => import("./summary/route"),
  tasks: () => import("./tasks/route"),
  "tasks/rows": () => import("./tasks/rows/route"),
  "tasks/suggestions": () => import("./tasks/suggestions/route"),
  workers: () => import("./workers/route"),
  workflows: () => import("./workflows/route"),
  "workflows/[workflowRunId]": () => import("./workflows/[workflowRunId]/route"),
  "workflows/[workflowRunId]/definition": () =>
    import("./workflows/[workflowRunId]/definition/route"),
  "workflows/[workflowRunId]/graph": () => import("./workflows/[workflowRunId]/graph/route"),
  "workflows/[workflowRunId]/records": () => import("./workflows/[workflowRunId]/records/route"),
  "workflows/[workflowRunId]/view": () => import("./workflows/[workflowRunId]/view/route"),
  "workflows/definitions": () => import("./workflows/definitions/route"),
  "workflows/definitions/[definitionId]": () =>
    import("./workflows/definitions/[definitionId]/route"),
};

/** The names of these routes, as the paths of their folders. */
export const DIRECT_ROUTES = Object.keys(LOAD);

const PATTERNS = DIRECT_ROUTES.map((name) => ({ name, segments: name.split("/") }))
  // A segment's own route comes before the one with a parameter in its place, from the left.
  .sort((a, b) => describeShape(a.segments).localeCompare(describeShape(b.segments)));

/** A digit for each segment: 1 for a parameter. */
function describeShape(segments: readonly string[]): string {
  return segments.map((segment) => Number(segment.startsWith("["))).join("");
}

/** Each segment of such a path means the same before and after decoding and resolving it. */
const PLAIN_PATH = /^(?:\/[\w~-][\w.~-]*)+$/;

/** See `AnswerDirectly`. */
export const answerApiDirectly: AnswerDirectly = ({ url, headers, signal }) => {
  const [whole = ""] = url.split("?");
  const base = withBase("");
  if (!PLAIN_PATH.test(whole) || !whole.startsWith(`${base}/`)) return null;
  const pathname = whole.slice(base.length);
  const { path } = splitPrefix(pathname);
  const found = findRoute(path);
  if (!found) return null;
  const asked = { method: "GET", headers, pathname, search: url.slice(whole.length) };
  return answer(asked, path, found, signal);
};

type Found = { name: string; params: Record<string, string> };

function findRoute(path: string): Found | null {
  if (!path.startsWith("/api/")) return null;
  const given = path.slice("/api/".length).split("/");
  for (const { name, segments } of PATTERNS) {
    const params = matchSegments(segments, given);
    if (params) return { name, params };
  }
  return null;
}

function matchSegments(
  segments: readonly string[],
  given: readonly string[],
): Record<string, string> | null {
  if (segments.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const value = given[at] ?? "";
    if (segment.startsWith("[")) params[segment.slice(1, -1)] = value;
    else if (segment !== value) return null;
  }
  return params;
}

async function answer(
  asked: Asked,
  path: string,
  { name, params }: Found,
  signal: AbortSignal,
): Promise<Response> {
  const refused =
    refuseGuarded(asked) ??
    refuseForeign(asked) ??
    (await refuseStranger(asked)) ??
    refuseMisplaced(asked);
  if (refused) return refused;
  const route = await LOAD[name]?.();
  if (!route) throw new Error(`There is no route ${name}.`);
  // Routes don't read the origin.
  const request = new Request(`http://localhost${path}${asked.search}`, {
    headers: forwardHeaders(asked),
    signal,
  });
  const response = await route.GET(request, { params: Promise.resolve(params as never) });
  const own = { ...apiHeaders(), ...transportHeaders(isHttps(asked.headers)) };
  for (const [header, value] of Object.entries(own))
    if (!response.headers.has(header)) response.headers.set(header, value);
  return response;
}
