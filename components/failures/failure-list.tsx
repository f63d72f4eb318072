"use client";
import { useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { type ReactNode, useState } from "react";
import { formatCountTitle, usePageTitle } from "@/components/layout/frame/page-title";
import { useHeldOrder } from "@/components/layout/list/held-order";
import { AllRowsAsOf } from "@/components/layout/list/live-row-marks";
import { polled } from "@/components/layout/live/polling";
import { useDenied } from "@/components/layout/session/access-provider";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { useWindowRefresh } from "@/components/layout/window/use-window";
import { WindowPage } from "@/components/layout/window/window-page";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import { QueueFilter } from "@/components/queues/queue-filter";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Panel } from "@/components/ui/data/panel";
import { Banner } from "@/components/ui/feedback/banner";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
import { Input } from "@/components/ui/form/field";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { FailureList as Failures } from "@/lib/analytics/failures";
import { formatNumber, plural } from "@/lib/format";
import { describeUnreadable } from "@/lib/model/queue";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { failuresQuery } from "@/lib/query/failures";
import {
  type FailureFilters,
  failureFilters,
  failuresSearchParams,
} from "@/lib/search-params/windows";
import { FailureChart } from "./failure-chart";
import { countFailed, FailureRow, Retry } from "./failure-row";
import { GROUP_SORTS, searchGroups, sortGroups } from "./group-order";

/** Failed attempts in a time range, one row per error group. */
export function FailureList() {
  const [filters, setFilters] = useQueryStates(failuresSearchParams, { history: "push" });
  const [opened, open] = useQueryState("group", parseAsString);
  const query = useQuery({
    ...failuresQuery(filters),
    refetchInterval: polled(useWindowRefresh(filters.range)),
  });
  const { groups = [], hiddenGroups = 0 } = query.data ?? {};
  usePageTitle(formatCountTitle(groups.length + hiddenGroups, "Failures"));
  const denied = useDenied("start bulk");
  const [retried, retry] = useState<string | null>(null);
  const [picked, pick] = useState<ReadonlySet<string>>(new Set());
  const select = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    pick(next);
  };
  useHotkeys({
    t: () => {
      const row = document.activeElement?.closest<HTMLElement>("[data-group]");
      retry(denied ? null : (row?.dataset.group ?? null));
    },
    x: () => {
      const row = document.activeElement?.closest<HTMLElement>("[data-group]");
      if (row?.dataset.group) select(row.dataset.group);
    },
  });
  const clear = () => setFilters(failureFilters({ range: filters.range }));
  return (
    <WindowPage
      title="Failures"
      aside={<Filters filters={filters} onChange={setFilters} />}
      window={filters.range}
      onWindow={(range) => setFilters({ range })}
      query={query}
    >
      {(list) => (
        <>
          <Notes list={list} />
          <Panel
            title="Failures"
            note={
              <>
                {`${plural(list.groups.length + list.hiddenGroups, "error group")}, ${plural(list.attempts, "failed attempt")} in the ${WINDOW_WORDS[list.window]}`}
                <AllRowsAsOf at={query.dataUpdatedAt} />
              </>
            }
            aside={
              <span className="max-wide:hidden">each task is counted under its latest error</span>
            }
          >
            {list.groups.length === 0 ? (
              <NoFailures list={list} filtered={isFiltered(filters)} onClear={clear} />
            ) : (
              <Groups list={list}>
                {(groups) =>
                  groups.map((group) => (
                    <FailureRow
                      key={group.id}
                      group={group}
                      filters={filters}
                      open={group.id === opened}
                      isRetried={group.id === retried}
                      onRetry={(isOpen) => retry(isOpen ? group.id : null)}
                      onToggle={() => open(group.id === opened ? null : group.id)}
                      selected={picked.has(group.id)}
                      onSelect={() => select(group.id)}
                    />
                  ))
                }
              </Groups>
            )}
          </Panel>
          <Selection
            groups={list.groups.filter(({ id }) => picked.has(id))}
            filters={filters}
            onClear={() => pick(new Set())}
          />
        </>
      )}
    </WindowPage>
  );
}

/** The groups that match the search, in the chosen order. Rows keep their places while the pointer is over the list. */
function Groups({
  list,
  children,
}: {
  list: Failures;
  children: (groups: readonly FailureGroup[]) => ReactNode;
}) {
  const { groups } = list;
  const [text, setText] = useQueryState("find", parseAsString.withDefault(""));
  const [sort, setSort] = useQueryState(
    "sort",
    parseAsStringLiteral(GROUP_SORTS).withDefault("attempts"),
  );
  const found = sortGroups(searchGroups(groups, text), sort);
  const { rows: shown, over, release } = useHeldOrder(found, ({ id }) => id);
  return (
    <div className="@container -mb-px">
      <FailureChart list={list} groups={found} />
      <div className="flex items-center gap-2 border-line-subtle border-b px-3 py-2 wide:px-4">
        <Input
          type="search"
          aria-label="Search these error groups"
          placeholder="Search these error groups"
          className="min-w-0 flex-1 wide:max-w-72"
          value={text}
          onChange={({ target }) => setText(target.value || null)}
        />
        <Select
          quiet
          aria-label="Order"
          className="shrink-0"
          value={sort}
          options={ORDERS}
          onChange={({ target }) => {
            release();
            setSort(GROUP_SORTS.find((one) => one === target.value) ?? null);
          }}
        />
        {text !== "" && (
          <span role="status" className="text-12 text-ink-3">
            {shown.length} of {plural(groups.length, "listed group")}
          </span>
        )}
      </div>
      <Head />
      <ul aria-label="Error groups" {...over}>
        {children(shown)}
      </ul>
      {shown.length === 0 && <p className="px-4 py-3 text-ink-2">No listed error group matches.</p>}
    </div>
  );
}

/** The selected groups and what can be done with their tasks. */
function Selection({
  groups,
  filters,
  onClear,
}: {
  groups: readonly FailureGroup[];
  filters: FailureFilters;
  onClear: () => void;
}) {
  const [isRetried, retry] = useState(false);
  if (groups.length === 0) return null;
  const failed = groups.reduce((sum, group) => sum + countFailed(group), 0);
  return (
    <section
      aria-label="Selection"
      className="float-in sticky bottom-2 z-20 mx-2 flex min-h-11 flex-wrap items-center gap-2 rounded-3 bg-raised py-2 pr-2 pl-3 shadow-3 wide:bottom-3 wide:mx-auto wide:w-max wide:max-w-[calc(100%-32px)]"
    >
      <span className="font-medium">{plural(groups.length, "group")} selected</span>
      {failed > 0 && (
        <PermittedButton permission="start bulk" onClick={() => retry(true)}>
          <Icon name="rotate-cw" size={14} />
          Retry {plural(failed, "failed task")}…
        </PermittedButton>
      )}
      <Button variant="ghost" onClick={onClear}>
        Clear selection
      </Button>
      {isRetried && (
        <Retry groups={groups} filters={filters} onStarted={onClear} onClose={() => retry(false)} />
      )}
    </section>
  );
}

const ORDERS = [
  { value: "attempts", label: "Most attempts" },
  { value: "last", label: "Latest" },
  { value: "first", label: "Newest error" },
  { value: "name", label: "Task name" },
] as const;

/** Filters by queue, tenant and task name. Task names are only set by links and can only be removed here. */
function Filters({
  filters,
  onChange,
}: {
  filters: FailureFilters;
  onChange: (change: Partial<FailureFilters>) => void;
}) {
  return (
    <>
      <QueueFilter queues={filters.queue} onChange={(queue) => onChange({ queue })} />
      <TenantFilter chosen={filters.tenant} onChange={(tenant) => onChange({ tenant })} />
      {filters.name.map((name) => (
        <Button
          key={name}
          aria-label={`Remove the filter for ${name}`}
          onClick={() => onChange({ name: filters.name.filter((other) => other !== name) })}
        >
          <span className="mono max-w-60 truncate">{name}</span>
          <Icon name="x" strokeWidth={2} size={12} />
        </Button>
      ))}
    </>
  );
}

/**
 * Column labels. To keep 280 pixels for the main column, the trend is hidden first, then the queue. Hidden from
 * assistive technology, because each row has its own labels.
 */
function Head() {
  return (
    <div
      aria-hidden
      className="hidden h-7 grid-cols-[40px_minmax(0,1fr)_64px_208px_112px] items-center gap-x-3 border-b bg-canvas px-4 font-medium text-12 text-ink-3 @min-[760px]:grid @min-[900px]:grid-cols-[40px_minmax(0,1fr)_64px_208px_120px_112px] @min-[1000px]:grid-cols-[40px_minmax(0,1fr)_64px_208px_96px_120px_112px]"
    >
      <span className="col-start-2">Task and error</span>
      <span className="text-right">Attempts</span>
      <span>Tasks</span>
      <span className="hidden @min-[1000px]:block">Trend</span>
      <span className="hidden @min-[900px]:block">Queue</span>
      <span className="text-right">Last</span>
    </div>
  );
}

/** Limits of the list: what it doesn't include. */
function Notes({ list }: { list: Failures }) {
  return (
    <>
      {list.lookedBackTo && (
        <Banner tone="plain" icon="hourglass">
          Too many failures to count. Showing the latest {formatNumber(list.attempts)}, since{" "}
          <AbsoluteTime iso={list.lookedBackTo} />. Narrow it by queue to go further back.
        </Banner>
      )}
      {list.hiddenGroups > 0 && (
        <Banner tone="plain" icon="hourglass">
          {plural(list.hiddenGroups, "rarer error group")} not shown. Narrow it by queue or task
          name.
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

const isFiltered = ({ queue, name, tenant }: FailureFilters) =>
  queue.length + name.length + tenant.length > 0;

function NoFailures({
  list,
  filtered,
  onClear,
}: {
  list: Failures;
  filtered: boolean;
  onClear: () => void;
}) {
  const isComplete = list.unreadable.length === 0;
  return (
    <EmptyState
      icon={isComplete ? "circle-check" : "hourglass"}
      title={filtered ? "No failure matches" : `No failures in the ${WINDOW_WORDS[list.window]}`}
      actions={
        filtered && (
          <Button variant="primary" onClick={onClear}>
            Remove all filters
          </Button>
        )
      }
    >
      {!filtered &&
        `No attempt failed${isComplete ? "" : " in the queues that could be read"}. Choose a longer time range to see older failures.`}
    </EmptyState>
  );
}
