import { Agent, get } from "node:http";
import { performance } from "node:perf_hooks";
import { getSlowness, quantile, TOLERANCE } from "./measure";

/** The first paint of a page, requested like a browser does but without loading its scripts. */
export type FirstPaint = {
  path: string;
  /** Size of the HTML before compression. */
  bytes: number;
  /** Milliseconds to the first and last byte for one client with warm caches; medians. */
  firstByte: number;
  lastByte: number;
  /** With `CLIENTS` clients that each repeat the request at once. */
  perSecond: number;
  p95: number;
  /** Responses that weren't a complete page. */
  failed: number;
  /** How many times as long limits were on this machine at that time. */
  slowness: number;
};

/** The pages to measure; each renders rows of all queues. */
export const PAGES = ["/", "/tasks", "/queues", "/events", "/failures", "/workers", "/workflows"];

/** Limits of a page on the largest data set. */
const LIMITS = { perSecond: 60, p95: 500, firstByte: 50, bytes: 120_000 };

const CLIENTS = 20;
const SECONDS = 10;
const ALONE = 15;

/** Limits that a page misses by more than the tolerance, if any. */
export function judgePage({
  path,
  perSecond,
  p95,
  firstByte,
  bytes,
  failed,
  slowness,
}: FirstPaint): string[] {
  return [
    ...(perSecond < LIMITS.perSecond / slowness / TOLERANCE
      ? [`${path}: ${perSecond.toFixed(0)} pages/s, limit ${LIMITS.perSecond}`]
      : []),
    ...(p95 > LIMITS.p95 * slowness * TOLERANCE ? [`${path}: p95 ${p95.toFixed(0)} ms`] : []),
    ...(firstByte > LIMITS.firstByte * slowness * TOLERANCE
      ? [`${path}: first byte after ${firstByte.toFixed(0)} ms`]
      : []),
    ...(bytes > LIMITS.bytes ? [`${path}: ${bytes} bytes of HTML`] : []),
    ...(failed > 0 ? [`${path}: ${failed} requests failed`] : []),
  ];
}

type Paint = { firstByte: number; lastByte: number; bytes: number; whole: boolean };

/** Requests a page alone, then with many concurrent clients. */
export async function measurePage(url: string, path: string): Promise<FirstPaint> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const alone: Paint[] = [];
  await paint(agent, url + path);
  for (let n = 0; n < ALONE; n++) alone.push(await paint(agent, url + path));
  const paints: Paint[] = [];
  const run = async (seconds: number, found: Paint[]) => {
    const until = performance.now() + seconds * 1_000;
    const client = async () => {
      while (performance.now() < until) found.push(await paint(agent, url + path));
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  };
  await run(2, []);
  await run(SECONDS, paints);
  agent.destroy();
  const median = (key: "firstByte" | "lastByte" | "bytes") =>
    quantile(
      alone.map((one) => one[key]),
      0.5,
    );
  return {
    path,
    bytes: median("bytes"),
    firstByte: median("firstByte"),
    lastByte: median("lastByte"),
    perSecond: paints.length / SECONDS,
    p95: quantile(
      paints.map((one) => one.lastByte),
      0.95,
    ),
    failed: [...alone, ...paints].filter(({ whole }) => !whole).length,
    slowness: getSlowness(),
  };
}

/** The requests of a page's first screen, by its path: a browser sends those whose results did not come with it. */
const REQUESTS: Record<string, readonly string[]> = {
  "/": ["queues", "overview/throughput", "overview/failures", "overview/latency"],
  "/tasks": ["tasks"],
  "/queues": ["queues"],
  "/events": ["events"],
  "/failures": ["failures"],
  "/workers": ["workers"],
  "/workflows": ["workflows", "workflows/definitions"],
};

export type OpenedPage = {
  path: string;
  /** Milliseconds until the last byte of the page. */
  milliseconds: number;
  /** Until all of its rows and figures have arrived too, requested once the page has. */
  complete: number;
  /** How many times as long limits were on this machine at that time. */
  slowness: number;
};

/** Opens a page as a browser does, without its scripts. */
export async function openPage(url: string, path: string): Promise<OpenedPage> {
  const agent = new Agent();
  const begun = performance.now();
  const { whole, lastByte } = await paint(agent, url + path);
  agent.destroy();
  if (!whole) throw new Error(`${url}${path} did not respond with a page.`);
  const requests = (REQUESTS[path] ?? []).map((route) => fetch(`${url}/api/${route}`));
  for (const response of await Promise.all(requests)) {
    if (!response.ok) throw new Error(`${response.url} responded with ${response.status}.`);
    await response.text();
  }
  const complete = performance.now() - begun;
  return { path, milliseconds: lastByte, complete, slowness: getSlowness() };
}

function paint(agent: Agent, url: string): Promise<Paint> {
  const started = performance.now();
  const took = () => performance.now() - started;
  return new Promise((resolve) => {
    const result: Paint = { firstByte: Number.NaN, lastByte: Number.NaN, bytes: 0, whole: false };
    const end = (whole: boolean) => resolve({ ...result, lastByte: took(), whole });
    const request = get(url, { agent, headers: { Accept: "text/html" } }, (response) => {
      let last = "";
      response.once("data", () => {
        result.firstByte = took();
      });
      response.on("data", (chunk: Buffer) => {
        result.bytes += chunk.length;
        last = (last + chunk.subarray(-20).toString()).slice(-20);
      });
      response.on("end", () => end(response.statusCode === 200 && last.endsWith("</html>")));
      response.on("error", () => end(false));
    });
    request.on("error", () => end(false));
  });
}
