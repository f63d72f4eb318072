import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Request } from "@playwright/test";
import { startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";
import { watchPolicy } from "./support/policy";

const TOKEN = "correct-horse-battery-staple";

test("With a token configured, I sign in, get to the requested page and sign out, and no secret is logged", async ({
  page,
  work,
}) => {
  const databaseUrl = process.env.E2E_DATABASE_URL ?? "";
  const dashboard = await startDashboard({
    DATABASE_URL: databaseUrl,
    DASHBOARD_TOKEN: TOKEN,
    DASHBOARD_OPERATOR: work.queue,
  });
  try {
    const api = await page.request.get(`${dashboard.url}/api/queues`);
    expect(api.status()).toBe(401);
    await page.goto(`${dashboard.url}/queues/${work.queue}/events`);
    await expect(page).toHaveURL(/\/sign-in/);
    await page.getByLabel(/token/i).fill("wrong-horse-battery-staple");
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page.getByText("Wrong token.")).toBeVisible();
    await page.getByLabel(/token/i).fill(TOKEN);
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page).toHaveURL(new RegExp(`/queues/${work.queue}/events$`));
    const cookies = await page.context().cookies();
    expect(cookies.find(({ httpOnly, sameSite }) => httpOnly && sameSite === "Lax")).toBeDefined();
    const { rows } = await work.pool.query(
      `select distinct outcome, operator, parameters ->> 'address' is not null as placed
         from absurd_dashboard.audit_entry
        where action = 'sign in' and operator in ($1, 'somebody') order by 1`,
      [work.queue],
    );
    expect(rows).toEqual([
      { outcome: "done", operator: work.queue, placed: true },
      { outcome: "refused", operator: "somebody", placed: true },
    ]);

    const dialog = page.getByRole("dialog");
    await open(page, `${dashboard.url}/queues/${work.queue}`);
    await page.getByRole("button", { name: "Spawn" }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("charge-card");
    await dialog.getByRole("textbox", { name: "Params" }).fill('{"card": "4111-1111"}');
    await dialog.getByRole("button", { name: "Spawn" }).click();
    await expect(page.getByText("Task spawned")).toBeVisible();
    await open(page, `${dashboard.url}/queues/${work.queue}/events`);
    await page.getByRole("button", { name: /^Emit event/ }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("paid");
    await dialog.getByRole("textbox", { name: "Payload" }).fill('{"iban": "DE02-1203"}');
    await dialog.getByRole("button", { name: "Emit", exact: true }).click();
    await expect(page.getByText("Event emitted")).toBeVisible();
    // Errors are logged too, but without the values that caused them.
    await page.request.get(`${dashboard.url}/api/tasks?where=params.card:4111-1111&cursor=x`);
    await work.pool.query(`alter table absurd."t_${work.queue}" rename column params to hidden`);
    await page.request.get(`${dashboard.url}/api/tasks?queue=${work.queue}&name=4111-1111`);

    expect(dashboard.log()).toContain(
      `"action":"spawn task","operator":"${work.queue}","outcome":"ok"`,
    );
    const password = new URL(databaseUrl).password;
    expect(password.length).toBeGreaterThan(8);
    for (const secret of [TOKEN, "wrong-horse", password, "4111-1111", "DE02-1203"])
      expect(dashboard.log()).not.toContain(secret);

    await open(page, `${dashboard.url}/audit`);
    const copied = await page.context().cookies();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.context().addCookies(copied);
    expect((await page.request.get(`${dashboard.url}/api/queues`)).status()).toBe(401);
  } finally {
    await dashboard.stop();
  }
});

/** URLs of all pages or routes below app/, with an `x` for each dynamic segment. */
function addresses(file: "page.tsx" | "route.ts"): string[] {
  const app = fileURLToPath(new URL("../app", import.meta.url));
  return readdirSync(app, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(`/${file}`))
    .map((path) => `/${path.slice(0, -file.length - 1)}`.replace("/(dashboard)", ""))
    .map((path) => path.replaceAll(/\[\w+\]/g, "x") || "/");
}

test("Every page and route rejects a foreign Host or Origin", async ({ request }) => {
  const all = [...addresses("page.tsx"), ...addresses("route.ts")];
  expect(all.length).toBeGreaterThan(40);
  for (const address of all)
    for (const headers of [
      { Host: "evil.example" },
      { Origin: "https://evil.example" },
      { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" },
    ] as Record<string, string>[]) {
      const response = await request.get(address, { headers });
      expect(response.status(), `${address} ${JSON.stringify(headers)}`).toBe(403);
    }
  expect((await request.get("/api/health")).status()).toBe(200);
});

test("Actions reject a foreign Host or Origin", async ({ page, work, baseURL }) => {
  const { taskID } = await work.app.spawn("ship-order", {}, { queue: work.queue });
  const stateOf = async () => (await work.app.fetchTaskResult(taskID))?.state;
  const cancellations: Request[] = [];
  await page.route("**/*", (route) => {
    const request = route.request();
    if (request.method() !== "POST") return route.continue();
    cancellations.push(request);
    return route.abort();
  });
  await open(page, work.taskUrl(taskID));
  await page.keyboard.press("c");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Outcome unknown");

  // Replays the browser's own request, first with a foreign origin, then with the right one.
  const [sent] = cancellations;
  const send = async (forged: Record<string, string>) => {
    const own = Object.entries((await sent?.allHeaders()) ?? {}).filter(
      ([name]) => !name.startsWith(":") && name !== "content-length",
    );
    const headers = { ...Object.fromEntries(own), origin: baseURL ?? "", ...forged };
    const data = sent?.postDataBuffer() ?? "";
    return (await page.request.post(sent?.url() ?? "", { headers, data })).status();
  };
  expect(await send({ origin: "https://evil.example" })).toBe(403);
  expect(await send({ origin: "null" })).toBe(403);
  expect(await send({ host: "evil.example" })).toBe(403);
  expect(await stateOf()).toBe("pending");
  expect(await send({})).toBe(200);
  expect(await stateOf()).toBe("cancelled");
});

test("Every page runs under a strict policy without a violation", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("plain", { a: 1 }, { queue: work.queue });
  const violations = watchPolicy(page);
  const queue = `/queues/${work.queue}`;
  for (const path of [
    "/",
    "/queues",
    queue,
    `${queue}/tasks`,
    `${queue}/events`,
    "/tasks",
    "/events",
    "/failures",
    "/workers",
    "/workflows",
    "/bulk",
    "/audit",
    work.taskUrl(taskID),
    `${work.taskUrl(taskID)}?tab=payloads`,
  ]) {
    const response = await page.goto(path);
    const policy = response?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("nonce-");
    expect(policy).not.toContain("unsafe-inline");
    await expect(page.getByRole("main")).toBeVisible();
  }
  expect(violations).toEqual([]);
});
