import { QueryCache, QueryClient } from "@tanstack/react-query";
import { withBase, withoutBase } from "@/lib/base-path";
import { ProblemError } from "@/lib/model/problem";
import { markLive, markLost } from "./connection";

/** A new query client: one per browser tab, one per request on the server. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onSuccess: (_data, query) => {
        if (query.queryKey[0] !== "health") markLive();
      },
      onError: handleError,
    }),
    // Polling is the retry: an error shows at once, and the next successful refetch clears it.
    defaultOptions: { queries: { retry: false } },
  });
}

function handleError(error: unknown): void {
  if (!(error instanceof ProblemError)) return;
  if (error.code === "network") markLost("server");
  if (error.code === "database_unavailable") markLost("database");
  if (error.code === "unauthenticated") goToSignIn();
}

function goToSignIn(): void {
  const here = `${withoutBase(location.pathname)}${location.search}`;
  location.assign(withBase(`/sign-in?next=${encodeURIComponent(here)}`));
}
