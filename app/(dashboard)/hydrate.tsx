import { setTimeout as pause } from "node:timers/promises";
import {
  type DehydratedState,
  dehydrate,
  type InferDataFromTag,
  QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import type { ReactNode } from "react";
import { HydrateData } from "@/components/layout/live/hydrate-data";
import { areFiguresSlow } from "@/lib/analytics/queues";
import { withPermission } from "@/lib/identity/require";

type ServerQuery = {
  queryKey: QueryKey;
  queryFn: () => Promise<unknown>;
  isPartial: boolean;
  isFigure: boolean;
};

/**
 * A query of the browser with the server's own read in place of its request.
 *
 * @param isPartial the read leaves out what is not on the first screen: the browser shows it, invalidated, and so
 *   requests the whole at once.
 * @param isFigure the page does not wait for the end of the read.
 */
export function onServer<Key extends QueryKey>(
  { queryKey }: { queryKey: Key },
  queryFn: () => Promise<InferDataFromTag<unknown, Key>>,
  { isPartial = false, isFigure = false } = {},
): ServerQuery {
  return { queryKey, queryFn, isPartial, isFigure };
}

/** A read that counts or samples, which takes long while the caches of the database are empty. */
export const FIGURE = { isFigure: true };

/** How long a page waits for its figures, in milliseconds; for slow ones only as long as it takes to return kept ones. */
const FIGURES_MS = 200;
const SLOW_FIGURES_MS = 1;

/**
 * The most values, at any depth, that a page includes: they are serialised at once, while nothing else is served. The
 * browser requests larger results, which are sent in slices.
 */
const MOST_VALUES = 20_000;

/**
 * Prefetches what its children show first, so that the first paint has data. If a query fails, the browser requests it
 * and shows the error in its section. So it does with large results, and with figures that take longer than the page
 * waits for them: the request shares the read in progress.
 */
export async function Hydrate({
  prefetch,
  children,
}: {
  prefetch: readonly ServerQuery[];
  children: ReactNode;
}) {
  const state = await withPermission("view", undefined, () =>
    prefetchAll(prefetch, areFiguresSlow() ? SLOW_FIGURES_MS : FIGURES_MS),
  );
  return <HydrateData state={state}>{children}</HydrateData>;
}

/**
 * The results of the queries, without those that failed, figures that are not there yet, and results with which the
 * page would have more than 20,000 values.
 *
 * @param wait how long to wait for figures, in milliseconds.
 */
export async function prefetchAll(
  prefetch: readonly ServerQuery[],
  wait = FIGURES_MS,
): Promise<DehydratedState> {
  const client = new QueryClient();
  await Promise.all(
    prefetch.map((query) => {
      const read = client.prefetchQuery(query);
      return query.isFigure ? Promise.race([read, pause(wait)]) : read;
    }),
  );
  for (const { queryKey, isPartial } of prefetch)
    if (isPartial) client.getQueryCache().find({ queryKey })?.invalidate();
  let left = MOST_VALUES;
  for (const { queryKey } of prefetch) {
    const values = countValues(client.getQueryData(queryKey), left);
    if (values > left) client.removeQueries({ queryKey, exact: true });
    else left -= values;
  }
  return dehydrate(client);
}

/** The number of values in a result, at any depth; it ends above `most`. */
function countValues(result: unknown, most: number): number {
  const open: unknown[] = [result];
  let values = 0;
  while (open.length > 0 && values <= most) {
    values++;
    const value = open.pop();
    if (typeof value === "object" && value !== null)
      for (const inner of Object.values(value)) open.push(inner);
  }
  return values;
}
