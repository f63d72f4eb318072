/** The packed dashboard is stopped under load: by people, programs, event streams, exports and a bulk operation. */
import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { expect, test } from "@playwright/test";
import { connectTo, createCopies, databaseUrl } from "../support/databases";
import { type Installed, installPackage } from "../support/package";

const TASKS = 20_000;

/** The whole shutdown takes at most ten seconds; half a second is for starting and ending the process. */
const LONGEST_MS = 10_500;

let installed: Installed;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  installed = await installPackage();
});
test.afterAll(() => installed.remove());

type Outcome = {
  path: string;
  status: number | null;
  /** Whether the whole response arrived. */
  complete: boolean;
  /** When its head arrived, and when it ended. */
  headAt: number;
  endedAt: number;
  /** Whether the server closes the connection after it. */
  closes: boolean;
  error?: string | undefined;
};

function request(url: string, agent?: http.Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    let response: http.IncomingMessage | undefined;
    let headAt = Number.POSITIVE_INFINITY;
    const end = (error?: NodeJS.ErrnoException) =>
      resolve({
        path: new URL(url).pathname,
        status: response?.statusCode ?? null,
        complete: response?.complete ?? false,
        headAt,
        endedAt: performance.now(),
        closes: response?.headers.connection === "close",
        error: error?.code,
      });
    http
      .get(url, { agent: agent ?? false }, (received) => {
        response = received;
        headAt = performance.now();
        received.resume().on("close", () => end());
      })
      .on("error", end);
  });
}

/** Sends one request after another until the server no longer accepts any. */
async function keepRequesting(url: string, paths: string[], agent?: http.Agent) {
  const outcomes: Outcome[] = [];
  for (let turn = 0; ; turn++) {
    const outcome = await request(`${url}${paths[turn % paths.length]}`, agent);
    outcomes.push(outcome);
    if (outcome.status === null) return outcomes;
  }
}

test("Stopped under load, it finishes what it accepted within ten seconds, and another server continues", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const { names, queue } = await createCopies(1);
  const [name = ""] = names;
  const database = await connectTo(name);
  // With the task that the database came with.
  await database.query(
    "select absurd.spawn_task($1, 'flood', 'null') from generate_series(2, $2::int)",
    [queue, TASKS],
  );
  const settings = { DATABASE_URL: databaseUrl(name), DASHBOARD_OPERATOR: "ada" };
  const server = await installed.serve(settings);
  const { url } = server;
  const dialog = page.getByRole("dialog");
  await page.goto(`${url}/queues/${queue}`);
  await page.getByRole("button", { name: "Bulk", exact: true }).click();
  await dialog.getByRole("radio", { name: "Cancel", exact: true }).check();
  await expect(dialog).toContainText("will be cancelled");
  await dialog.getByLabel("Rate").selectOption("");
  await dialog.getByLabel(/to confirm/).fill(`cancel ${TASKS}`);
  await dialog.getByRole("button", { name: /^Cancel \d/ }).click();
  await expect(page.getByRole("link", { name: "View progress" })).toBeVisible();
  const count = async (condition: string) => {
    const { rows } = await database.query(
      `select count(*)::int from absurd."t_${queue}" where ${condition}`,
    );
    return rows[0].count as number;
  };
  await expect.poll(() => count("state = 'cancelled'"), { timeout: 60_000 }).toBeGreaterThan(0);

  const agent = new http.Agent({ keepAlive: true });
  const pages = ["/tasks", "/", "/queues", `/queues/${queue}/tasks`];
  const routes = ["/api/queues", `/api/tasks?queue=${queue}`, "/api/failures"];
  const clients = [pages, routes, pages, routes, pages].map((paths, place) =>
    keepRequesting(url, paths, place % 2 === 0 ? agent : undefined),
  );
  const streams = [1, 2, 3].map(() => request(`${url}/api/live`));
  const exported = `/api/tasks/export?queue=${queue}&format=ndjson`;
  const exports = [1, 2].map(() => request(`${url}${exported}`));
  // A client that never reads its response cannot hold the server up.
  const stalled = connect(Number(new URL(url).port), "127.0.0.1");
  stalled.on("error", () => {}).pause();
  await once(stalled, "connect");
  stalled.write(`GET ${exported} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`);
  // The load is there when a response has arrived.
  await request(`${url}/api/queues`);

  const began = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(LONGEST_MS);
  stalled.destroy();

  const requests = (await Promise.all(clients)).flat();
  const accepted = requests.filter(({ status }) => status !== null);
  const late = accepted.filter(({ endedAt }) => endedAt > began);
  expect(late.length).toBeGreaterThan(0);
  expect(accepted.filter(({ complete }) => !complete)).toEqual([]);
  expect(late.filter(({ status }) => status !== 200)).toEqual([]);
  expect(late.filter(({ headAt, closes }) => headAt > began + 500 && !closes)).toEqual([]);
  // Each client ended when its connection was closed, or a new one refused.
  const errors = requests.flatMap(({ error }) => error ?? []);
  expect(errors.filter((code) => !/^ECONN(RESET|REFUSED)$/.test(code))).toEqual([]);
  for (const stream of await Promise.all(streams))
    expect(stream).toMatchObject({ status: 200, complete: true });
  // An export that would take longer than the time to stop is cut off, visibly to its client.
  for (const { status, complete, endedAt } of await Promise.all(exports))
    expect([status, complete || endedAt - began > 8_000]).toEqual([200, true]);

  const left = await count("state = 'pending'");
  expect(left).toBeGreaterThan(0);
  const next = await installed.serve(settings);
  try {
    // The lease was released: another server continues before it would have expired.
    await expect.poll(() => count("state = 'pending'"), { timeout: 5_000 }).toBeLessThan(left);
    await expect.poll(() => count("state = 'pending'"), { timeout: 90_000 }).toBe(0);
    const { rows } = await database.query(
      `select count(*)::int as entries, count(distinct task_id)::int as tasks
         from absurd_dashboard.audit_entry where action = 'cancel task' and queue = $1`,
      [queue],
    );
    expect(rows[0]).toEqual({ entries: TASKS, tasks: TASKS });
  } finally {
    expect(await next.stop()).toBe(0);
    await database.end();
    const admin = await connectTo("postgres");
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
});
