import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { CDPSession, Page } from "@playwright/test";
import { WorkflowBuilder } from "../lib/highway/builder/workflow-builder";
import type { Workflow } from "../lib/highway/model/workflow";
import { startWorkflow } from "../lib/highway/run/start";
import { storeWorkflow } from "../lib/highway/run/store";
import { expect, test, type Work } from "./support/fixtures";

/** Too long to fit in any font: a missing glyph may be half as wide as a real one. */
const NAMES = {
  long: `reconcile_${"the_ledger_of_every_branch_".repeat(7)}end`,
  japanese: "請求書の突合と差異の調査および再計算の実行と監査部門への最終報告".repeat(3),
  arabic: "مراجعة_طلب_القرض_قبل_الموافقة_النهائية_وإرسال_الإشعار_إلى_العميل".repeat(2),
  emoji: "👩‍👩‍👧‍👦🇩🇪🧾_family_invoice_👍🏽👍🏽👍🏽_to_be_sent_out_again_and_again_👩‍👩‍👧‍👦",
};

function buildNames(name: string): Workflow {
  const { long, japanese, arabic, emoji } = NAMES;
  return new WorkflowBuilder(name)
    .task(long, "f")
    .switch("by_region", "{{ inputs.region }}", { [japanese]: japanese, [arabic]: arabic })
    .task(japanese, "f", { dependencies: ["by_region"] })
    .task(arabic, "f", { dependencies: ["by_region"] })
    .foreach("each_item", "{{ inputs.items }}", (body) => body.task(emoji, "f"), {
      dependencies: [japanese, arabic],
      triggerRule: "all_done",
    })
    .build();
}

async function openDefinition(page: Page, { pool, queue }: Work, workflow: Workflow) {
  const id = await storeWorkflow(pool, workflow, { tenantId: `t-${queue}` });
  await page.goto(`/workflows/definitions/${id}?tab=operators`);
  await page.locator("[data-node]").first().waitFor();
}

/** Texts of the graph that overflow their box. */
const findOverflowing = (page: Page) =>
  page.locator("[data-picture]").evaluate((picture) => {
    const wrong: string[] = [];
    for (const text of picture.querySelectorAll("text")) {
      const inner = text.getBoundingClientRect();
      const outer = text.parentElement?.querySelector("rect")?.getBoundingClientRect();
      if (!outer || inner.left < outer.left || inner.right > outer.right)
        wrong.push(text.textContent ?? "");
    }
    return wrong;
  });

test("names of any length and script stay in their boxes and are shown in full on request", async ({
  page,
  work,
}) => {
  await openDefinition(page, work, buildNames(`names_${work.queue.replace(/\W/g, "")}`));
  expect(await findOverflowing(page)).toEqual([]);
  const drawn = await page.locator("[data-picture] text").allTextContents();
  for (const name of Object.values(NAMES)) {
    const node = page.locator(`[data-node$=${JSON.stringify(name)}]`);
    await expect(node.locator("title").first()).toContainText(name);
    const text = (await node.locator("text").first().textContent()) ?? "";
    expect(text).toContain("…");
    const shown = text.replace(/[…\u2068\u2069]/g, "");
    expect(shown.length).toBeGreaterThan(8);
    expect(name.startsWith(shown)).toBe(true);
    await node.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 3 })).toContainText(name);
    await page.keyboard.press("Enter");
  }
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Graph (SVG)" }).click();
  const svg = await readFile(await (await saved).path(), "utf8");
  for (const text of drawn) expect(svg).toContain(text.replaceAll("&", "&amp;"));
  for (const name of Object.values(NAMES)) expect(svg).toContain(name);
});

test("a saved graph of hostile names runs nothing and loads nothing", async ({
  page,
  work,
  context,
}, testInfo) => {
  const hostile = `"'></text></svg><script>document.title="ran"</script><image href="http://192.0.2.1/x"/>&<![CDATA[`;
  const workflow = new WorkflowBuilder(`hostile_${work.queue.replace(/\W/g, "")}`)
    .switch("by_region", "{{ inputs.region }}", {
      [hostile]: "next",
      'url("http://192.0.2.1/y")': "last",
    })
    .task("next", hostile, { dependencies: ["by_region"] })
    .task("last", "javascript:alert(1)", { dependencies: ["by_region"] })
    .build();
  await openDefinition(page, work, workflow);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Graph (SVG)" }).click();
  const file = testInfo.outputPath("graph.svg");
  await (await saved).saveAs(file);
  const opened = await context.newPage();
  const requests: string[] = [];
  opened.on("request", (request) => requests.push(request.url()));
  await opened.goto(pathToFileURL(file).href);
  await expect(opened.locator("text").first()).toBeVisible();
  expect(requests).toEqual([pathToFileURL(file).href]);
  expect(await opened.title()).not.toBe("ran");
  expect(
    await opened.locator("script, image, foreignObject, a, use, style, parsererror").count(),
  ).toBe(0);
  expect(await readFile(file, "utf8")).toContain("&lt;script&gt;");
});

test("above the operator limit, a table with the reason replaces the graph of a definition or run", async ({
  page,
  work,
}) => {
  const builder = new WorkflowBuilder(`many_${work.queue.replace(/\W/g, "")}`);
  for (let n = 0; n < 2_000; n++) builder.task(`t${n}`, "f");
  const workflow = builder.build();
  const definitionId = await storeWorkflow(work.pool, workflow, { tenantId: `t-${work.queue}` });
  await page.goto(`/workflows/definitions/${definitionId}`);
  const listed = page.getByRole("region", { name: "Operators" }).first();
  await expect(listed).toContainText(
    "The workflow has 2,000 operators; pictures have at most 400.",
  );
  await expect(page.getByRole("tab", { name: /^Operators/ })).toHaveCount(0);
  const first = page.getByRole("button", { name: "t0", exact: true });
  const hasRoom = async () => ((await first.boundingBox())?.width ?? 0) > 5;
  await expect.poll(hasRoom).toBe(true);

  const { workflowRunId } = await startWorkflow(work.pool, work.queue, workflow);
  await page.goto(`/workflows/${workflowRunId}`);
  await expect.poll(hasRoom).toBe(true);
  await page.goto(`/workflows/${workflowRunId}?node=t1999`);
  await expect(listed).toContainText("pictures have at most 400");
  const last = page.getByRole("button", { name: "t1999", exact: true });
  await expect(last).toHaveAttribute("aria-pressed", "true");
  await expect(last).toBeInViewport();
  await expect(page.getByRole("region", { name: "Operator t1999" })).toContainText("Function");
  await expect(page.getByRole("tab", { name: "Timeline" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
});

test("a dense graph is also replaced by a table", async ({ page, work }) => {
  const builder = new WorkflowBuilder(`dense_${work.queue.replace(/\W/g, "")}`);
  const layer = (number: number) => Array.from({ length: 25 }, (_, n) => `t${number}_${n}`);
  for (let number = 0; number < 8; number++)
    for (const id of layer(number))
      builder.task(id, "f", { dependencies: number === 0 ? [] : layer(number - 1) });
  const definitionId = await storeWorkflow(work.pool, builder.build(), {
    tenantId: `t-${work.queue}`,
  });
  await page.goto(`/workflows/definitions/${definitionId}`);
  await expect(page.getByText("cross 4,375 layers; pictures have at most 800")).toBeVisible();
  await expect(page.getByRole("button", { name: "t7_24", exact: true })).toBeAttached();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  type Finger = { x: number; y: number };
  const touch = (client: CDPSession, type: "Start" | "Move" | "End", touchPoints: Finger[]) =>
    client.send("Input.dispatchTouchEvent", { type: `touch${type}`, touchPoints });

  async function drag(client: CDPSession, path: Finger[][]) {
    const [first = [], ...rest] = path;
    await touch(client, "Start", first);
    for (const fingers of rest) await touch(client, "Move", fingers);
    await touch(client, "End", []);
  }

  test("one finger pans the graph sideways and scrolls the page, two fingers zoom, and Fit shows the whole graph", async ({
    page,
    work,
  }) => {
    const builder = new WorkflowBuilder(`wide_${work.queue.replace(/\W/g, "")}`).task("begin", "f");
    for (let n = 0; n < 12; n++) builder.task(`t${n}`, "f", { dependencies: ["begin"] });
    await openDefinition(page, work, builder.build());
    const begin = page.locator('[data-node="begin"]');
    await expect(begin).toBeInViewport({ ratio: 1 });
    const svg = page.getByRole("group", { name: "Operators of the workflow" });
    const stage = page.locator("[data-picture]");
    const box = await svg.boundingBox();
    if (!box) throw new Error("The graph is not drawn.");
    const [x, y] = [box.x + box.width / 2, box.y + box.height - 40];
    const scroll = () => page.getByRole("main").evaluate((main) => main.scrollTop);
    const client = await page.context().newCDPSession(page);
    const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8];

    const atFirst = await stage.getAttribute("transform");
    await drag(
      client,
      steps.map((n) => [{ x: x - n * 12, y }]),
    );
    const panned = await stage.getAttribute("transform");
    expect(panned).not.toBe(atFirst);
    expect(await scroll()).toBe(0);

    await drag(
      client,
      steps.map((n) => [
        { x: x - 40 - n * 6, y: y - 60 },
        { x: x + 40 + n * 6, y: y - 60 },
      ]),
    );
    const scaleOf = (transform: string | null) =>
      Number(/scale\(([\d.]+)/.exec(transform ?? "")?.[1]);
    const zoomed = await stage.getAttribute("transform");
    expect(scaleOf(zoomed)).toBeGreaterThan(scaleOf(panned));

    await drag(
      client,
      steps.map((n) => [{ x, y: y - n * 12 }]),
    );
    // Until the page stands still: a touch beside the graph could go back in the browser's history.
    let last = 0;
    const hasStopped = async () => {
      const before = last;
      last = await scroll();
      return last > 0 && last === before;
    };
    await expect.poll(hasStopped, { intervals: [200] }).toBe(true);
    expect(await stage.getAttribute("transform")).toBe(zoomed);

    await page.getByRole("main").evaluate((main) => main.scrollTo(0, 0));
    for (let n = 0; n < 6; n++)
      await drag(
        client,
        steps.map((m) => [{ x: 20 + m * 42, y }]),
      );
    const dragged = await stage.boundingBox();
    expect(dragged?.x).toBeLessThan(390 - 32);

    await page.getByRole("button", { name: "Fit" }).click();
    for (const n of [0, 11]) {
      const node = await page.locator(`[data-node="t${n}"]`).boundingBox();
      expect(node && node.x >= 0 && node.x + node.width <= 390).toBe(true);
    }
    await expect(page.locator("html")).toHaveJSProperty("scrollWidth", 390);
  });
});
