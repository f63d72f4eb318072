// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Summary } from "@/lib/live/summary";
import { summaryQuery } from "@/lib/query/fleet";
import { render } from "@/testing/render";
import { countSections, SectionCount, SectionCounts } from "./section-counts";

const SUMMARY: Summary = {
  now: "2026-03-02T12:00:00.000Z",
  queues: 3,
  concerns: [],
  concernsCount: 2,
  allClear: { complete: true, text: "" },
  unreadable: 0,
  ready: 12_400,
  running: 3,
  sleeping: 1_200,
  failed: { value: 9, precision: "exact" },
  attempts: { completed: 80, failed: 1 },
};

test("counts name their window, their age and the queues they leave out", () => {
  expect([...countSections(SUMMARY, 10_000)]).toEqual([
    [
      "/",
      {
        value: 2,
        explanation: "2 things need attention, by the attempts of the last hour, as of 10 s ago",
      },
    ],
    [
      "/tasks",
      {
        value: 12_400,
        explanation: "12,400 tasks ready, 3 running, 1,200 sleeping, as of 10 s ago",
      },
    ],
    ["/failures", { value: 1, explanation: "1 failed attempt in the last hour, as of 10 s ago" }],
  ]);
  const partly = countSections({ ...SUMMARY, ready: 0, attempts: null, unreadable: 1 }, 0);
  expect([...partly]).toEqual([
    [
      "/",
      {
        value: 2,
        explanation:
          "2 things need attention, attempts not included, without 1 queue that can't be read, as of 0 s ago",
      },
    ],
  ]);
});

const show = (age: number) => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const now = new Date(Date.now() - age).toISOString();
  client.setQueryData(summaryQuery().queryKey, { ...SUMMARY, now });
  return render(
    <QueryClientProvider client={client}>
      <SectionCounts>
        <SectionCount href="/tasks" />
        <SectionCount href="/events" />
      </SectionCounts>
    </QueryClientProvider>,
  );
};

test("a section shows its count until that is too old", () => {
  expect(show(5_000).container.textContent).toBe("≈ 12.4 k");
  expect(show(95_000).container.textContent).toBe("");
});
