"use client";
import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Select } from "@/components/ui/form/select";
import { useClock } from "@/components/ui/text/clock";
import { useZone } from "@/components/ui/text/zone";
import { formatInstant } from "@/lib/format";
import type { ScheduledTime } from "@/lib/highway/model/schedule";
import type { DefinitionAbout } from "@/lib/highway/view/definition-view";

type Schedule = NonNullable<DefinitionAbout["schedule"]>;

/** At a clock change, at most one of two wall times is due. */
const CHANGES: Record<NonNullable<ScheduledTime["change"]>, string> = {
  shifted: "the clock skips the scheduled time that day, so it is due after the gap",
  once: "the clock shows this time twice that day; due the first time only",
};

/** A workflow's schedule with its next due times. The dashboard doesn't run it. */
export function DefinitionSchedule({ schedule }: { schedule: Schedule }) {
  const shownIn = useZone();
  const [zone, setZone] = useQueryState("zone", parseAsString.withDefault("UTC"));
  const zones = [...new Set(["UTC", shownIn, zone, ...Intl.supportedValuesOf("timeZone")])];
  const { cron, start_date: start, catchup, is_paused: isPaused, max_active_runs: most } = schedule;
  return (
    <Panel
      title="Schedule"
      note="not run yet: nothing starts these runs"
      aside={
        <Select
          quiet
          aria-label="Time zone of the schedule"
          value={zone}
          options={zones.map((one) => ({ value: one, label: one }))}
          onChange={({ target }) => setZone(target.value)}
        />
      }
    >
      <div className="border-b px-3 py-2">
        <Facts>
          <Fact label="Cron">
            <code className="mono">{cron}</code>
          </Fact>
          {start !== null && <Fact label="Not before">{start}</Fact>}
          <Fact label="Missed runs">{catchup ? "caught up" : "dropped"}</Fact>
          <Fact label="Most active runs">{most}</Fact>
          {isPaused && <Fact label="Paused">in the definition</Fact>}
        </Facts>
      </div>
      <NextTimes cron={cron} start={start} zone={zone} />
    </Panel>
  );
}

function NextTimes({ cron, start, zone }: { cron: string; start: string | null; zone: string }) {
  const minute = useClock((now) => Math.floor(now / 60_000) * 60_000);
  // A query although nothing is fetched: the code for schedules loads on demand.
  const { data: times } = useQuery({
    queryKey: ["workflows", "schedule", cron, start, zone, minute],
    queryFn: async () => {
      const { listScheduledTimes } = await import("@/lib/highway/model/schedule");
      const workflow = { schedule: cron, start_date: start };
      return listScheduledTimes(workflow, { from: new Date(minute), timeZone: zone });
    },
    placeholderData: (previous) => previous,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: minute > 0,
  });
  if (!times) return <SkeletonRows rows={10} columns={1} />;
  if (times.length === 0) return <p className="px-3 py-2 text-ink-3">No next times.</p>;
  return (
    <ol aria-label="Next times" className="py-1">
      {times.map(({ at, change }) => (
        <li key={at} className="px-3 py-0.5">
          <time dateTime={at} data-tip={at} className="mono">
            {formatInstant(at, zone).slice(0, 16)}
          </time>
          {change && <span className="text-12 text-ink-2"> {CHANGES[change]}</span>}
        </li>
      ))}
    </ol>
  );
}
