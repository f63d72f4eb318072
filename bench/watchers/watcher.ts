import { type Agent, get, type IncomingHttpHeaders } from "node:http";
import { performance } from "node:perf_hooks";

/** How often a page refreshes while its list changes, in milliseconds: the default setting. */
export const INTERVAL = 5_000;

/** Polls of the server per interval: it looks for changes once a second. */
const TURNS = INTERVAL / 1_000;

type Row = { queue: string; taskId: string };

/**
 * An open list of tasks, without its pictures: it follows the event stream and requests the newest page and its rows
 * like `components/layout/live/push.tsx` in a browser.
 */
export class Watcher {
  /** Milliseconds from each request for the list to the end of its response. */
  readonly latencies: number[] = [];
  failed = 0;
  /** When the list was requested whose result it shows. */
  readAt = performance.now();
  /** Ids of the newest page. */
  newest = new Set<string>();
  #rows: Row[] = [];
  #waiting: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refreshing = false;
  #isDue = false;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  readonly #etags = new Map<string, string>();

  constructor(
    readonly url: string,
    readonly agent: Agent,
  ) {}

  /** Opens the list and its stream; resolves when both have responded. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#refresh(0);
    await new Promise<void>((resolve, reject) => {
      const stream = get(`${this.url}/api/live`, { agent: false, signal }, (response) => {
        if (response.statusCode !== 200) return reject(new Error(`stream ${response.statusCode}`));
        response.setEncoding("utf8");
        response.on("data", (text: string) => {
          for (const [, turn] of text.matchAll(/"turn":(\d+)/g)) this.#hear(Number(turn));
        });
        response.on("error", () => {});
        resolve();
      });
      stream.on("error", (error) => (signal.aborted ? undefined : reject(error)));
    });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** The first change at once, further ones in the same turns as all other pages. */
  #hear(turn: number): void {
    this.#waiting = turn;
    if (performance.now() - this.#refreshedAt >= INTERVAL || turn % TURNS === 0) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), INTERVAL);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // A refresh in progress may have read before the change: its end starts another.
    if (this.#waiting !== null && !this.#refreshing) void this.#refresh(this.#waiting);
    else this.#isDue = true;
  }

  async #refresh(turn: number): Promise<void> {
    this.#waiting = null;
    this.#isDue = false;
    this.#refreshing = true;
    this.#refreshedAt = performance.now();
    const begun = performance.now();
    const page = await this.#get("/api/tasks", turn);
    this.latencies.push(performance.now() - begun);
    const rows = (page as { rows: Row[] } | undefined)?.rows;
    if (rows) this.newest = new Set(rows.map(({ taskId }) => taskId));
    if (this.#rows.length === 0) this.#rows = rows ?? [];
    const [first] = this.#rows;
    const ids = this.#rows.map(({ taskId }) => taskId).join(",");
    if (first) await this.#get(`/api/tasks/rows?rows=${first.queue}:${ids}`, turn);
    this.readAt = begun;
    this.#refreshing = false;
    if (this.#isDue) this.#flush();
  }

  /** `undefined` if nothing changed since the last response. */
  async #get(path: string, turn: number): Promise<unknown> {
    const etag = this.#etags.get(path);
    try {
      const { status, headers, body } = await request(this.agent, this.url + path, {
        "X-Read-After": `${turn}`,
        ...(etag !== undefined && { "If-None-Match": etag }),
      });
      if (status === 304) return undefined;
      if (status !== 200) throw new Error(`${path}: ${status}`);
      this.#etags.set(path, `${headers.etag ?? ""}`);
      return JSON.parse(body);
    } catch (error) {
      this.failed++;
      console.error(`${path.split("?")[0]}: ${error}`);
      return undefined;
    }
  }
}

function request(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
      response.on("error", reject);
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      // The server may end an idle connection while a request is on its way: browsers send it again, too.
      if (sent.reusedSocket && error.code === "ECONNRESET")
        request(agent, url, headers).then(resolve, reject);
      else reject(error);
    });
  });
}
