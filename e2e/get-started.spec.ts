import { expect, test } from "./support/fixtures";

test("I see how far the database is set up, and the steps are checked off", async ({
  page,
  work,
}) => {
  await page.goto("/start");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Get started");
  await expect(
    page.getByRole("heading", { name: /^Connected to .+ as .+ \(done\)$/ }),
  ).toBeVisible();
  await expect(
    page.getByRole("heading", { name: /^Engine schema .+ installed \(done\)$/ }),
  ).toBeVisible();
  await work.app.spawn("hello", {}, { queue: work.queue });
  await expect(page.getByRole("link", { name: "Open the newest task" })).toBeVisible();
});

test("I paste a value, an abbreviated id or a URL into the palette and find the task", async ({
  page,
  work,
}) => {
  const order = `ORD-${Date.now()}`;
  const { taskID } = await work.app.spawn("ship", { order: { ref: order } }, { queue: work.queue });
  const address = work.taskUrl(taskID);
  await page.goto("/");
  await expect(page.getByText(/^· (now|.+ ago)$/)).toBeVisible();
  const box = page.getByRole("dialog").getByRole("combobox");
  const paste = async (text: string) => {
    await page.keyboard.press("ControlOrMeta+k");
    await box.fill(text);
    await expect(page.getByRole("option").first()).toBeVisible();
    await page.keyboard.press("Enter");
  };
  for (const text of [
    `"${taskID}"`,
    `${taskID.slice(0, 8)}…${taskID.slice(-4)}`,
    taskID.replaceAll("-", ""),
    `ERROR task=${taskID} attempt=1 lease lost`,
    new URL(address, page.url()).href,
  ]) {
    await paste(text);
    await expect(page, text).toHaveURL(new RegExp(`${taskID}$`));
    await page.goto("/");
    await expect(page.getByText(/^· (now|.+ ago)$/)).toBeVisible();
  }
  await paste(order.toLowerCase());
  await expect(page.locator("a[data-row]")).toHaveCount(1);
  await expect(page.locator("a[data-row]")).toHaveText("ship");
});
