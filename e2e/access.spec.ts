import { startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";

const TOKEN = "correct-horse-battery-staple";

test("With a token configured, I sign in once and land where I wanted to go", async ({
  page,
  work,
}) => {
  const dashboard = await startDashboard({
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
    DASHBOARD_TOKEN: TOKEN,
  });
  try {
    const api = await page.request.get(`${dashboard.url}/api/queues`);
    expect(api.status()).toBe(401);
    await page.goto(`${dashboard.url}/queues/${work.queue}/events`);
    await expect(page).toHaveURL(/\/sign-in/);
    await page.getByLabel(/token/i).fill("wrong-horse-battery-staple");
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page.getByText("This is not the dashboard's token.")).toBeVisible();
    await page.getByLabel(/token/i).fill(TOKEN);
    await page.getByRole("button", { name: /sign in/i }).click();
    await expect(page).toHaveURL(new RegExp(`/queues/${work.queue}/events$`));
    const cookies = await page.context().cookies();
    expect(
      cookies.find(({ httpOnly, sameSite }) => httpOnly && sameSite === "Strict"),
    ).toBeDefined();
    const { rows } = await work.pool.query(
      `select outcome, operator, parameters ->> 'address' as address
         from absurd_dashboard.audit_entry where action = 'sign in' order by 1`,
    );
    expect(rows).toEqual([
      { outcome: "done", operator: "e2e", address: expect.any(String) },
      { outcome: "refused", operator: "somebody", address: expect.any(String) },
    ]);
  } finally {
    await dashboard.stop();
  }
});

test("A foreign Host or Origin is refused", async ({ request, baseURL }) => {
  const rebound = await request.get("/api/queues", { headers: { Host: "evil.example" } });
  expect(rebound.status()).toBe(403);
  const forged = await request.post("/queues", { headers: { Origin: "https://evil.example" } });
  expect(forged.status()).toBe(403);
  expect((await request.get(`${baseURL}/api/health`)).status()).toBe(200);
});

test("Every page runs under a strict policy without a violation", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("plain", { a: 1 }, { queue: work.queue });
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  const queue = `/queues/${work.queue}`;
  for (const path of [
    "/",
    "/queues",
    queue,
    `${queue}/tasks`,
    `${queue}/events`,
    "/tasks",
    "/events",
    work.taskUrl(taskID),
  ]) {
    const response = await page.goto(path);
    const policy = response?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("nonce-");
    expect(policy).not.toContain("unsafe-inline");
    await expect(page.getByRole("main")).toBeVisible();
  }
  expect(violations).toEqual([]);
});
