import {
  dehydrate,
  type InferDataFromTag,
  QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import type { ReactNode } from "react";
import { HydrateData } from "@/components/layout/live/hydrate-data";
import { withPermission } from "@/lib/identity/require";

type ServerQuery = { queryKey: QueryKey; queryFn: () => Promise<unknown>; isPartial: boolean };

/**
 * A query of the browser with the server's own read in place of its request.
 *
 * @param isPartial the read leaves out what is not on the first screen: the browser shows it and requests the whole
 *   at once.
 */
export function onServer<Key extends QueryKey>(
  { queryKey }: { queryKey: Key },
  queryFn: () => Promise<InferDataFromTag<unknown, Key>>,
  { isPartial = false } = {},
): ServerQuery {
  return { queryKey, queryFn, isPartial };
}

/**
 * Prefetches what its children show first, so that the first paint has data. If a query fails, the browser requests it
 * and shows the error in its section.
 */
export async function Hydrate({
  prefetch,
  children,
}: {
  prefetch: readonly ServerQuery[];
  children: ReactNode;
}) {
  const client = new QueryClient();
  await withPermission("view", undefined, () =>
    Promise.all(prefetch.map((query) => client.prefetchQuery(query))),
  );
  for (const { queryKey, isPartial } of prefetch) {
    const data = isPartial && client.getQueryData(queryKey);
    // The browser requests again what was never updated.
    if (data) client.setQueryData(queryKey, data, { updatedAt: 0 });
  }
  return <HydrateData state={dehydrate(client)}>{children}</HydrateData>;
}
