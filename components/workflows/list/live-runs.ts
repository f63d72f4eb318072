import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { knownAt, overdueAfter } from "@/components/layout/live/freshness";
import { neverDue, polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { useClock } from "@/components/ui/text/clock";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { WorkflowRunPage, WorkflowRunSummary } from "@/lib/model/workflow";
import { workflowRunsQuery } from "@/lib/query/workflows";
import { serializeWorkflowFilters, type WorkflowFilters } from "@/lib/search-params/workflows";

/** Rows that stay in their places while others arrive. */
export type KeptRuns = {
  rows: WorkflowRunSummary[];
  /** Those that should be on the latest page and are not: they no longer match, or no longer exist. */
  removed: ReadonlySet<Uuid>;
  /** Those that newer ones pushed off the latest page. */
  pushedOff: Uuid[];
  /** The rows of the latest page that are not shown and come before one that is. */
  newCount: number;
};

/**
 * The rows on screen with the values of the latest page, in the order in which they are shown. If nothing is shown, the
 * latest page.
 *
 * @param isLast whether no rows follow the latest page, so that none can have been pushed off it.
 */
export function keepRuns(
  shown: readonly WorkflowRunSummary[],
  latest: readonly WorkflowRunSummary[],
  isLast: boolean,
): KeptRuns {
  if (shown.length === 0)
    return { rows: [...latest], removed: new Set(), pushedOff: [], newCount: 0 };
  const byId = new Map(latest.map((run) => [run.workflowRunId, run]));
  const ids = shown.map((run) => run.workflowRunId);
  const known = new Set(ids);
  const lastFound = ids.findLastIndex((id) => byId.has(id));
  const lastKnown = latest.findLastIndex((run) => known.has(run.workflowRunId));
  const missing = ids.flatMap((id, place) => (byId.has(id) ? [] : [{ id, place }]));
  const isRemoved = ({ place }: { place: number }) => isLast || place < lastFound;
  return {
    rows: shown.map((run) => byId.get(run.workflowRunId) ?? run),
    removed: new Set(missing.filter(isRemoved).map(({ id }) => id)),
    pushedOff: missing.filter((one) => !isRemoved(one)).map(({ id }) => id),
    newCount: latest.filter(
      (run, place) => !known.has(run.workflowRunId) && (place < lastKnown || lastKnown < 0),
    ).length,
  };
}

type Read = { now: Iso; at: number };
type Shown = KeptRuns & {
  key: string;
  page: WorkflowRunPage;
  /**
   * When each row was last on a page that was loaded: by the database's clock, and in milliseconds by the browser's.
   */
  reads: ReadonlyMap<Uuid, Read>;
};

type Latest = { data: WorkflowRunPage | undefined; dataUpdatedAt: number };

/** Without automatic refresh, a row counts as stale after this, in milliseconds. */
const UNREFRESHED = 15_000;

/**
 * One page of workflow runs. Its rows stay in place until `showNewest`; those that newer runs pushed off the page are
 * requested by their ids, and `stale` has those that could not be refreshed, with the instant until which they are
 * known.
 */
export function useLiveRuns(filters: WorkflowFilters) {
  const interval = useRefreshInterval();
  const refetchInterval = polled(interval, neverDue);
  const query = useQuery({ ...workflowRunsQuery(filters), refetchInterval });
  const key = serializeWorkflowFilters(filters);
  const [shown, setShown] = useState<Shown>();
  const page = query.data;
  // Set during render rather than in an effect, so that no frame shows old rows under new filters.
  if (page && !query.isPlaceholderData && page !== shown?.page) {
    const before = shown?.key === key ? shown : undefined;
    show(page, query.dataUpdatedAt, before);
  }
  function show(latest: WorkflowRunPage, at: number, before?: Shown) {
    const kept = keepRuns(before?.rows ?? [], latest.rows, latest.older === null);
    const read = { now: latest.now, at };
    const reads = latest.rows.map((run) => [run.workflowRunId, read] as const);
    setShown({ ...kept, key, page: latest, reads: new Map([...(before?.reads ?? []), ...reads]) });
  }

  const wanted = query.isPlaceholderData ? [] : (shown?.pushedOff ?? []);
  const known = useQuery({
    ...workflowRunsQuery({ ...filters, cursor: null, run: wanted }),
    enabled: wanted.length > 0 && interval !== false,
    refetchInterval,
  });
  const found = new Map(
    wanted.length === 0 ? [] : known.data?.rows.map((run) => [run.workflowRunId, run]),
  );
  const isKnown = known.data !== undefined && !known.isPlaceholderData;
  const gone = wanted.filter((id) => isKnown && !found.has(id));
  const readOf = (id: Uuid): Read | undefined =>
    found.has(id) && known.data
      ? { now: known.data.now, at: known.dataUpdatedAt }
      : shown?.reads.get(id);
  // A text, so that the rows are drawn again only when another one becomes stale.
  const staleIds = useClock(() =>
    wanted
      .filter((id) => {
        const limit = interval === false ? UNREFRESHED : overdueAfter(interval);
        const read = readOf(id);
        return read !== undefined && Date.now() - knownAt(read.at) > limit;
      })
      .join(","),
  );
  return {
    query,
    rows: shown?.rows.map((run) => found.get(run.workflowRunId) ?? run) ?? [],
    removed: new Set([...(shown?.removed ?? []), ...gone]),
    stale: new Map(
      staleIds.split(",").flatMap((id) => {
        const read = readOf(id);
        return read ? [[id, read.now] as const] : [];
      }),
    ),
    newCount: filters.cursor === null ? (shown?.newCount ?? 0) : 0,
    /** Shows the latest page. Pass the result of a request that has just finished, because `query` is older. */
    showNewest: ({ data, dataUpdatedAt }: Latest = query) => data && show(data, dataUpdatedAt),
  };
}
