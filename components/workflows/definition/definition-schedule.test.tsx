// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NuqsTestingAdapter } from "nuqs/adapters/testing";
import { expect, test } from "vitest";
import { ClockProvider } from "@/components/ui/text/clock";
import { render } from "@/testing/render";
import { DefinitionSchedule } from "./definition-schedule";

const NIGHTLY = {
  cron: "30 2 * * *",
  start_date: null,
  catchup: false,
  is_paused: true,
  max_active_runs: 3,
};

const show = (now: string, zone: string) =>
  render(
    <NuqsTestingAdapter searchParams={`?zone=${zone}`}>
      <QueryClientProvider client={new QueryClient()}>
        <ClockProvider now={now}>
          <DefinitionSchedule schedule={NIGHTLY} />
        </ClockProvider>
      </QueryClientProvider>
    </NuqsTestingAdapter>,
  );

test("a schedule shows its settings and next ten times, and isn't run yet", async () => {
  const { findAllByRole, getByText } = show("2026-03-27T12:00:00.000Z", "UTC");
  const times = await findAllByRole("listitem");
  expect(times.map(({ textContent }) => textContent)).toEqual(
    Array.from({ length: 10 }, (_, day) => {
      const date = new Date(Date.UTC(2026, 2, 28 + day));
      return `${date.toISOString().slice(0, 10)} 02:30`;
    }),
  );
  expect(getByText(/not run yet/)).toBeTruthy();
  expect(getByText("dropped")).toBeTruthy();
  expect(getByText("in the definition")).toBeTruthy();
});

test("a wall time skipped by a clock change is shifted, and a repeated one is due once", async () => {
  const spring = show("2026-03-27T12:00:00.000Z", "Europe/Berlin");
  const [, gap] = await spring.findAllByRole("listitem");
  expect(gap?.textContent).toContain("2026-03-29 03:00");
  expect(gap?.textContent).toContain("the clock skips the scheduled time that day");
  spring.unmount();
  const autumn = show("2026-10-23T12:00:00.000Z", "Europe/Berlin");
  const twice = await autumn.findAllByText(/due the first time only/);
  expect(twice).toHaveLength(1);
  expect(twice[0]?.parentElement?.textContent).toContain("2026-10-25 02:30");
});
