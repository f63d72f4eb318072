// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { expect, test, vi } from "vitest";
import type { Summary } from "@/lib/live/summary";
import { summaryQuery } from "@/lib/query/fleet";
import { render } from "@/testing/render";
import {
  CountedLink,
  countSections,
  SectionCounts,
  type SectionFigures,
  useSectionFigures,
} from "./section-counts";

const FIGURES: SectionFigures = {
  now: "2026-03-02T12:00:00.000Z",
  totals: { ready: 12_400, running: 3, sleeping: 1_200, unreadable: 0 },
  concerns: 2,
  failed: { count: 1, words: "last hour" },
  isOfTenants: false,
};

test("counts name their window, their age and what they leave out", () => {
  expect([...countSections(FIGURES, 10_000)]).toEqual([
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
  const partly = countSections(
    {
      ...FIGURES,
      totals: { ready: 0, running: 0, sleeping: 0, unreadable: 1 },
      failed: null,
      isOfTenants: true,
    },
    0,
  );
  expect([...partly]).toEqual([
    [
      "/",
      {
        value: 2,
        explanation:
          "2 things need attention, attempts not included, of the chosen tenants, without 1 queue that can't be read, as of 0 s ago",
      },
    ],
    ["/tasks", expect.objectContaining({ value: 0 })],
  ]);
});

function Page({ figures }: { figures: SectionFigures | undefined }) {
  useSectionFigures(figures);
  return null;
}

/** The navigation with a summary of this age in milliseconds, beside a page that shows figures of its own or none. */
function show(age: number, own?: SectionFigures) {
  // The summary of a later request never arrives.
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const summary: Summary = {
    now: new Date(Date.now() - age).toISOString(),
    queues: 3,
    ...FIGURES.totals,
    concerns: [],
    concernsCount: 2,
    allClear: { complete: true, text: "" },
    failed: { value: 9, precision: "exact" },
    attempts: { completed: 80, failed: 1 },
  };
  client.setQueryData(summaryQuery().queryKey, summary);
  const tree = (figures: SectionFigures | undefined) => (
    <QueryClientProvider client={client}>
      <PathnameContext value="/events">
        <SectionCounts>
          <CountedLink href="/tasks">Tasks</CountedLink>
          <CountedLink href="/events">Events</CountedLink>
        </SectionCounts>
      </PathnameContext>
      {figures && <Page figures={figures} />}
    </QueryClientProvider>
  );
  const view = render(tree(own));
  return {
    text: () => view.container.textContent,
    link: () => view.container.querySelector("a"),
    open: (figures: SectionFigures | undefined) => view.rerender(tree(figures)),
  };
}

test("a section shows its count until that is too old", () => {
  expect(show(5_000).text()).toBe("Tasks≈ 12.4 kEvents");
  expect(show(95_000).text()).toBe("TasksEvents");
});

test("a link is described by the explanation of its count", () => {
  expect(show(5_000).link()?.getAttribute("aria-description")).toMatch(
    /^12,400 tasks ready, .* ago$/,
  );
});

const ready = (count: number, age: number): SectionFigures => ({
  ...FIGURES,
  now: new Date(Date.now() - age).toISOString(),
  totals: { ...FIGURES.totals, ready: count },
});

test("the navigation shows the figures of the page, however old they are", () => {
  expect(show(5_000, ready(52, 1_000)).text()).toBe("Tasks52Events");
  expect(show(5_000, ready(52, 200_000)).text()).toBe("Tasks52Events");
  expect(show(5_000, ready(0, 1_000)).text()).toBe("TasksEvents");
});

test("figures of a page that was left count until there are later ones", () => {
  const later = show(20_000, ready(52, 1_000));
  later.open(undefined);
  expect(later.text()).toBe("Tasks52Events");

  const earlier = show(1_000, ready(52, 20_000));
  earlier.open(undefined);
  expect(earlier.text()).toBe("Tasks≈ 12.4 kEvents");

  const ofTenants = show(20_000, { ...ready(52, 1_000), isOfTenants: true });
  ofTenants.open(undefined);
  expect(ofTenants.text()).toBe("Tasks≈ 12.4 kEvents");
});
