/** Tests that hold for every route. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { queueSegment } from "@/lib/search-params/queue-segment";
import { openTestDatabase } from "@/testing/dashboard-database";

const database = openTestDatabase();
const ODD_NAMES = [".", "..", "~", "~odd", "a/b %41?"];
beforeAll(async () => {
  for (const name of ODD_NAMES) await createQueue(database.pool, name);
});

const ROUTES = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => path.basename(file) === "route.ts")
  .map((file) => path.dirname(file))
  .sort();
/** Load balancers may add parameters to probes. */
const STRICT = ROUTES.filter((route) => !route.startsWith("health"));
const OF_QUEUE = ROUTES.filter((route) => route.startsWith("queues/[queue]/"));

const ID = "019cae1e-6f2b-7c41-9d0e-52f1b8a3c7d4";
const IDS = {
  taskId: ID,
  bulkId: ID,
  workflowRunId: ID,
  definitionId: ID,
  group: "c573c9bf462e",
  preview: "emit",
};

async function fetchRoute(route: string, query: string, queue = ".") {
  const { GET } = await import(path.join(import.meta.dirname, route, "route.ts"));
  const segment = decodeURIComponent(queueSegment(queue));
  const params = Promise.resolve({ ...IDS, queue: segment });
  const response: Response = await GET(new Request(`http://localhost${query}`), { params });
  const text = await response.text();
  return { status: response.status, ...(text.startsWith("{") ? JSON.parse(text) : {}) };
}

test.each(STRICT)("%s refuses an unknown parameter", async (route) => {
  expect(await fetchRoute(route, "/?nonsense=1")).toMatchObject({
    status: 400,
    error: { message: "Unknown parameter nonsense." },
  });
});

test.each(OF_QUEUE)("%s finds a queue of any name", async (route) => {
  const query: Record<string, string> = {
    "events/payload": "/?name=paid",
    "events/waiters": "/?name=paid",
    usual: "/?name=work",
    "tasks/[taskId]/payload": "/?of=params",
  };
  for (const name of ODD_NAMES) {
    const { status, error } = await fetchRoute(route, query[route.slice(15)] ?? "/", name);
    expect(String(error?.code ?? status)).not.toMatch(/queue_not_found|bad_request|internal/);
  }
});

const DOCUMENT = readFileSync(path.join(import.meta.dirname, "../../docs/http-api.md"), "utf8");
const SECTIONS = DOCUMENT.split(/^## /m).slice(1);
const namesRoute = (text: string, route: string) =>
  new RegExp(`/api/${route.replace(/[{}]/g, "\\$&")}(?![/\\w{])`).test(text);
const documented = (route: string) => route.replace(/\[(\w+)\]/g, "{$1}");

test.each(STRICT)("%s is documented with all its parameters", async (route) => {
  const own = SECTIONS.filter((section) => namesRoute(section, documented(route)));
  expect(own).not.toEqual([]);
  // A section may refer to another route for its parameters.
  const others = ROUTES.filter((other) => own.some((text) => namesRoute(text, documented(other))));
  const text = SECTIONS.filter((section) =>
    others.some((other) => namesRoute(section, documented(other))),
  ).join("\n");
  const { error } = await fetchRoute(route, "/?nonsense=1");
  const names =
    /^Known parameters: (.*)\.$/.exec(error.hint)?.[1]?.split(", ").filter(Boolean) ?? [];
  const missing = names.filter((name) => !new RegExp(`[\`?&]${name}[\`={]`).test(text));
  expect(missing).toEqual([]);
});
