/** Two people, each with full permissions in a part of the dashboard: every response is limited to that part. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createQueue, dropQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { headersOf, person } from "@/lib/identity/testing/people";
import { clearSharedReads } from "@/lib/live/shared-reads";
import type { Grant } from "@/lib/model/access";
import { openTestDatabase } from "@/testing/dashboard-database";
import { ROUTES, type RouteRequest, withoutExports } from "@/testing/route-requests";
import {
  type Belongings,
  createTwoPlaces,
  createTwoTenants,
  removeTenant,
} from "@/testing/scenes/two-tenants";

type Part = {
  /** The queues or databases that hold the tasks of `acme` and `globex`. */
  places: [own: string, foreign: string];
  ofAcme: Partial<Grant>;
  ofGlobex: Partial<Grant>;
};

const PARTS: Record<string, Part> = {
  queues: {
    places: ["shop", "mail"],
    ofAcme: { queues: ["sh*"] },
    ofGlobex: { queues: ["mail"] },
  },
  tenants: {
    places: ["shop", "shop"],
    ofAcme: { tenants: ["acme"] },
    ofGlobex: { tenants: ["globex"] },
  },
};

for (const level of ["info", "warn"] as const) vi.spyOn(console, level).mockReturnValue();

describe.each(Object.entries(PARTS))("people of different %s", (kind, part) => {
  const database = openTestDatabase({ settings: { DASHBOARD_TOKEN: "a-token-of-24-characters" } });
  const ada = person("ada", { role: "admin", ...part.ofAcme });
  const bob = person("bob", { role: "admin", ...part.ofGlobex });
  const places = [...new Set(part.places)];
  let own: Belongings;
  let foreign: Belongings;
  let groups: string[] = [];

  beforeAll(async () => {
    const { pool } = database;
    const [shop, mail] = part.places;
    const both = shop === mail ? createTwoTenants(pool, shop) : createTwoPlaces(pool, shop, mail);
    ({ own, foreign } = await both);
    // The engine's clock is stopped, so that responses can be compared.
    const { rows } = await pool.query("select current_database() as name, now()::text as now");
    await pool.query(`alter database "${rows[0].name}" set absurd.fake_now = '${rows[0].now}'`);
    const found = await Promise.all([ada, bob].map((one) => answer(one, "failures", [""])));
    groups = found.flatMap((text) =>
      [...text.matchAll(/"id":"(\w+)"/g)].flatMap(([, group]) => group ?? []),
    );
  });

  async function answer(
    by: typeof ada,
    route: string,
    [query, params = {}]: RouteRequest,
  ): Promise<string> {
    const file = path.join(import.meta.dirname, route, "route.ts");
    const { GET } = await import(/* @vite-ignore */ file);
    const headers = await headersOf(by);
    const request = new Request(`http://localhost:3000/api/${route}${query}`, { headers });
    const response: Response = await GET(request, { params: Promise.resolve(params) });
    const text = withoutExports(route, await response.text());
    return `${response.status} ${text.replace(/"now":"[^"]*"/g, '"now":""')}`;
  }

  async function requestAll(by: typeof ada, of: Belongings): Promise<Map<string, string>> {
    const answers = new Map<string, string>();
    const ofGroups = groups.map((group): RouteRequest => ["", { group }]);
    for (const [route, requests] of Object.entries(ROUTES))
      for (const request of route === "failures/[group]/tasks" ? ofGroups : requests(of))
        answers.set(`${route} ${JSON.stringify(request)}`, await answer(by, route, request));
    return answers;
  }

  test("each person sees only their own rows, and not even the number of others", {
    timeout: 120_000,
  }, async () => {
    expect(groups).toHaveLength(2);
    const adas = await requestAll(ada, own);
    const bobs = await requestAll(bob, foreign);
    const others =
      kind === "queues" ? ["globex|\\bmail\\b", "acme|\\bshop\\b"] : ["globex", "acme"];
    const [notAda = "", notBob = ""] = others.map((words) => new RegExp(words, "i"));
    for (const [question, text] of adas) expect(text, question).not.toMatch(notAda);
    for (const [question, text] of bobs) expect(text, question).not.toMatch(notBob);
    // Most responses contain rows of the caller.
    const count = (answers: Map<string, string>, name: RegExp) =>
      [...answers.values()].filter((text) => /^200/.test(text) && name.test(text)).length;
    expect(count(adas, /acme/)).toBeGreaterThan(45);
    expect(count(bobs, /globex/)).toBeGreaterThan(45);
    // tenants.test.ts removes a tenant.
    if (kind === "tenants") return;
    const guesses = await requestAll(ada, foreign);

    await removeTenant(database.pool, foreign);
    await dropQueue(database.pool, foreign.queue);
    clearSharedReads();
    const changed = (before: Map<string, string>, after: Map<string, string>) =>
      [...before].flatMap(([question, text]) =>
        after.get(question) === text ? [] : [[question, text, after.get(question)]],
      );
    expect(changed(adas, await requestAll(ada, own))).toEqual([]);
    expect(changed(guesses, await requestAll(ada, foreign))).toEqual([]);
  });

  test("each person receives changes of their own queues only", async () => {
    for (const queue of places) await createQueue(database.pool, queue);
    const { GET } = await import("./live/route");
    const streams = await Promise.all(
      [ada, bob].map(async (by) => {
        const gone = new AbortController();
        const request = new Request("http://localhost:3000/api/live", {
          ...{ headers: await headersOf(by), signal: gone.signal },
        });
        return { heard: readAll(await GET(request)), stop: () => gone.abort() };
      }),
    );
    const [adas, bobs] = streams.map(({ heard }) => heard);
    // PostgreSQL publishes a session's counters when it is idle or ends.
    await vi.waitFor(
      async () => {
        for (const queue of places) await spawnTask(database.pool, queue, "ship", null);
        expect(adas?.text).toContain('"shop"');
        expect(bobs?.text).toContain(`"${part.places[1]}"`);
      },
      { timeout: 30_000, interval: 500 },
    );
    for (const { stop } of streams) stop();
    if (kind === "queues") {
      expect(adas?.text).not.toContain("mail");
      expect(bobs?.text).not.toContain("shop");
    }
  });
});

test("every route is covered by a request", () => {
  const routes = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "route.ts")
    .map((file) => path.dirname(file));
  expect(Object.keys(ROUTES).sort()).toEqual(routes.sort());
});

function readAll(response: Response): { text: string } {
  const heard = { text: "" };
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const read = async (): Promise<void> => {
    const part = await reader?.read();
    if (!part || part.done) return;
    heard.text += part.value;
    return read();
  };
  read().catch(() => undefined);
  return heard;
}
