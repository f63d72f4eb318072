import { beforeAll, expect, test } from "vitest";
import { createJob } from "@/lib/bulk/job";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as getAudit } from "../audit/route";
import { GET as getItems } from "./[bulkId]/items/route";
import { GET as getOne } from "./[bulkId]/route";
import { GET as getList } from "./route";

const MISSING = "01900000-0000-7000-8000-000000000000";
const database = openTestDatabase();
let bulkId: string;

beforeAll(async () => {
  const job = { action: "cancel", options: {}, operator: "ada", perSecond: 5 } as const;
  await createJob(database.pool, { ...job, filters: "?state=failed" });
  bulkId = await createJob(database.pool, { ...job, ids: [{ queue: "q", taskId: MISSING }] });
});

const get = (path: string) => new Request(`http://localhost:3000${path}`);
const context = (id: string) => ({ params: Promise.resolve({ bulkId: id }) });

test("operations are listed newest first, in pages", async () => {
  const page = await (await getList(get("/?limit=1"))).json();
  expect(page).toMatchObject({ installed: true, newer: null, rows: [{ bulkId, collected: 1 }] });
  const rest = await (await getList(get(`/?limit=1&cursor=${page.older}`))).json();
  expect(rest).toMatchObject({ older: null, rows: [{ filters: "?state=failed" }] });
});

test("an operation is returned, and its tasks by outcome", async () => {
  const { operation } = await (await getOne(get("/"), context(bulkId))).json();
  expect(operation).toMatchObject({ bulkId, action: "cancel", state: "running", perSecond: 5 });
  const open = await (await getItems(get("/?outcome=open,failed"), context(bulkId))).json();
  expect(open.rows).toMatchObject([{ queue: "q", taskId: MISSING, outcome: null }]);
  const done = await (await getItems(get("/?outcome=done"), context(bulkId))).json();
  expect(done.rows).toEqual([]);
});

test("invalid parameters are refused", async () => {
  expect((await getOne(get("/"), context(MISSING))).status).toBe(404);
  expect((await getOne(get("/"), context("x"))).status).toBe(400);
  expect((await getItems(get("/?outcome=lost"), context(bulkId))).status).toBe(400);
  expect((await getList(get("/?cursor=x"))).status).toBe(400);
  expect((await getAudit(get("/?task=x"))).status).toBe(400);
});

test("the audit log returns a page", async () => {
  expect(await (await getAudit(get("/?outcome=done"))).json()).toMatchObject({
    installed: true,
    rows: [],
  });
});
