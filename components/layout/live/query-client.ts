import { QueryCache, QueryClient } from "@tanstack/react-query";
import { withBase, withoutBase } from "@/lib/base-path";
import { ProblemError } from "@/lib/model/problem";

/** A new query client: one per browser tab, one per request on the server. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: handleError,
    }),
    // Polling is the retry: an error shows at once and the next successful refetch clears it. The dashboard must also
    // work without internet access, on this machine or in a private network.
    defaultOptions: { queries: { retry: false, networkMode: "always" } },
  });
}

function handleError(error: unknown): void {
  if (error instanceof ProblemError && error.code === "unauthenticated") goToSignIn();
}

function goToSignIn(): void {
  const here = `${withoutBase(location.pathname)}${location.search}`;
  location.assign(withBase(`/sign-in?next=${encodeURIComponent(here)}`));
}
