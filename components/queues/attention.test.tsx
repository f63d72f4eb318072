// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Queue } from "@/lib/model/queue";
import { render } from "@/testing/render";
import { queueWith } from "@/testing/scenes/queue-with";
import { Attention } from "./attention";

const NOW = "2026-03-02T12:00:00.000Z";
const READY = { ready: 40, oldestReadyAt: "2026-03-02T11:30:00.000Z" };

const show = (queues: Queue[]) =>
  render(
    <Attention
      list={{ queues, now: NOW, unreadable: [] } as Parameters<typeof Attention>[0]["list"]}
      throughput={undefined}
      page="Overview"
    />,
  );
const lines = (view: ReturnType<typeof show>) =>
  view.getAllByRole("listitem").map((item) => item.querySelector("strong")?.textContent);

test("ten queues with concerns are counted in the title and have one line each, the last of which are shown on request", async () => {
  const names = Array.from({ length: 10 }, (_, n) => `queue-${n}`);
  const view = show(names.map((name) => queueWith({ name, ...READY })));
  expect(lines(view).filter(Boolean)).toHaveLength(8);
  expect(document.title).toBe("(10) Overview · Absurd");
  await view.user.click(view.getByRole("button", { name: "Show 2 more queues" }));
  expect(lines(view).filter(Boolean).sort()).toEqual(names);
});

test("a queue's other concerns expand below its worst one", async () => {
  const view = show([
    queueWith({ name: "calm" }),
    queueWith({ name: "billing", ...READY, expiredLeases: 2 }),
  ]);
  expect(lines(view)).toEqual(["billing"]);
  await view.user.click(view.getByRole("button", { name: /about billing$/ }));
  expect(lines(view)).toEqual(["billing", "billing"]);
  expect(view.container.textContent).toContain("40 tasks ready");
  expect(view.container.textContent).toMatch(/2 (tasks|leases|runs|expired)/);
});

test("the all-clear of one queue's page says nothing about other queues, that of a list of all does", () => {
  const throughput = { window: "1h", now: NOW, queues: [] } as never;
  const list = { queues: [queueWith({ name: "calm" })], now: NOW, unreadable: [] } as never;
  const one = render(<Attention list={list} throughput={throughput} page="calm" />);
  expect(one.container.textContent).toContain(
    "and fewer than 10 failed attempts or a failure rate",
  );
  one.unmount();
  const all = render(
    <Attention list={list} throughput={throughput} page="Overview" tenants={[]} />,
  );
  expect(all.container.textContent).toContain("and no queue with 10 or more failed attempts");
});
