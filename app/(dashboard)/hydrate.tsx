import {
  dehydrate,
  HydrationBoundary,
  type InferDataFromTag,
  QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import type { ReactNode } from "react";
import { withPermission } from "@/lib/identity/require";

type ServerQuery = { queryKey: QueryKey; queryFn: () => Promise<unknown> };

/** A browser query whose request is replaced by a direct read on the server. */
export function onServer<Key extends QueryKey>(
  { queryKey }: { queryKey: Key },
  queryFn: () => Promise<InferDataFromTag<unknown, Key>>,
): ServerQuery {
  return { queryKey, queryFn };
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
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
