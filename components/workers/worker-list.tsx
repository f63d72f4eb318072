"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { AllRowsAsOf } from "@/components/layout/list/live-row-marks";
import { polled } from "@/components/layout/live/polling";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { WindowPage } from "@/components/layout/window/window-page";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Panel } from "@/components/ui/data/panel";
import { Banner } from "@/components/ui/feedback/banner";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { WorkerList as Workers } from "@/lib/analytics/workers";
import { formatNumber, plural } from "@/lib/format";
import { describeUnreadable } from "@/lib/model/queue";
import { workersQuery } from "@/lib/query/workers";
import { figuresSearchParams } from "@/lib/search-params/windows";
import { WorkerTable } from "./worker-table";

/** The workers seen in a time range, inferred from their claims. */
export function WorkerList() {
  const [filters, setFilters] = useQueryStates(figuresSearchParams, { history: "push" });
  const query = useQuery({
    ...workersQuery(filters),
    refetchInterval: polled(useWindowRefresh(filters.range)),
  });
  return (
    <WindowPage
      title="Workers"
      aside={
        <>
          <p className="min-w-0 flex-1 basis-60 text-12 text-ink-3">
            Workers don’t register; idle ones that never claimed are not listed.
          </p>
          <TenantFilter chosen={filters.tenant} onChange={(tenant) => setFilters({ tenant })} />
        </>
      }
      window={filters.range}
      onWindow={(range) => setFilters({ range })}
      query={query}
    >
      {(list) => (
        <>
          <WorkerNotes list={list} />
          <Panel
            title="Workers"
            note={
              <>
                {summary(list)}
                <AllRowsAsOf at={query.dataUpdatedAt} />
              </>
            }
          >
            {list.workers.length === 0 ? <NoWorkers list={list} /> : <WorkerTable list={list} />}
          </Panel>
        </>
      )}
    </WindowPage>
  );
}

function summary({ workers, hiddenWorkers, window }: Workers): string {
  const busy = workers.filter(({ running }) => running > 0).length;
  return `${formatNumber(workers.length + hiddenWorkers)} seen in the ${WINDOW_WORDS[window]}, ${formatNumber(busy)} busy`;
}

function NoWorkers({ list }: { list: Workers }) {
  return (
    <EmptyState icon="server" title="No workers seen">
      No task is running, and none was claimed in the {WINDOW_WORDS[list.window]}
      {list.unreadable.length > 0 && ", in the queues that could be read"}. Start a worker:{" "}
      <code className="mono">await absurd.startWorker()</code>
    </EmptyState>
  );
}

function WorkerNotes({ list }: { list: Workers }) {
  return (
    <>
      {list.lookedBackTo && (
        <Banner tone="plain" icon="hourglass">
          Too many attempts to count. Counting since <AbsoluteTime iso={list.lookedBackTo} />.
        </Banner>
      )}
      {list.hiddenWorkers > 0 && (
        <Banner tone="plain" icon="hourglass">
          {plural(list.hiddenWorkers, "idle worker")} not shown.
        </Banner>
      )}
      {list.unreadable.length > 0 && (
        <Banner tone="warning" icon="eye-off">
          Not included: {describeUnreadable(list.unreadable)}.
        </Banner>
      )}
    </>
  );
}
