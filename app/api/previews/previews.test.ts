import { beforeAll, expect, test, vi } from "vitest";
import { awaitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET, POST } from "./[preview]/route";

const database = openTestDatabase();
vi.spyOn(console, "info").mockImplementation(() => {});
const queue = "orders";

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, queue);
  await spawnTask(pool, queue, "ship", null);
  const [run] = await claimTasks(pool, queue);
  if (!run) throw new Error("nothing was claimed");
  await awaitEvent(pool, queue, { ...run, stepName: "paid", eventName: "paid" });
});

async function get(preview: string, query: string, init?: RequestInit) {
  const request = new Request(`http://localhost/api/previews/${preview}${query}`, init);
  const handler = init?.method === "POST" ? POST : GET;
  const response = await handler(request, { params: Promise.resolve({ preview }) });
  return { status: response.status, ...(await response.json()) };
}

const given = (input: unknown) => `?input=${encodeURIComponent(JSON.stringify(input))}`;

test("a preview is the same by GET and by POST", async () => {
  const input = { queue, name: "paid" };
  const byGet = await get("emit", given(input));
  expect(byGet).toMatchObject({ status: 200, outcome: "stored", wakesCount: 1 });
  expect(await get("emit", "", { method: "POST", body: JSON.stringify(input) })).toEqual(byGet);
});

test("invalid input and unknown previews are refused", async () => {
  expect(await get("emit", given({ queue }))).toMatchObject({
    status: 400,
    error: { code: "bad_request", message: "Invalid name: is missing." },
  });
  expect(await get("emit", "?input={")).toMatchObject({
    status: 400,
    error: { message: "The input is not JSON." },
  });
  for (const name of ["nothing", "constructor", "__proto__"])
    expect(await get(name, given({}))).toMatchObject({ status: 400 });
});

test("the reason for which an action would be refused is a problem with a code", async () => {
  expect(await get("emit", given({ queue: "nowhere", name: "paid" }))).toMatchObject({
    status: 404,
    error: { code: "queue_not_found" },
  });
});
