import { queryOptions } from "@tanstack/react-query";
import type { PreviewName, Previews } from "@/lib/actions/previews/previews";
import { fetchJson } from "./api";

/** Longer inputs are sent in the body: servers and proxies limit a URL to about 8 kB. */
const LONGEST_IN_ADDRESS = 6_000;

/**
 * What an action would do now; closing the dialog aborts it. Fetched once for each input and never in the
 * background, so that the dialog shows what its user confirms. Without input, nothing is fetched.
 */
export function previewQuery<Name extends PreviewName>(
  name: Name,
  input: Previews[Name]["input"] | undefined,
) {
  return queryOptions({
    queryKey: ["preview", name, input],
    queryFn: ({ signal }) => {
      const path = `/api/previews/${name}`;
      const text = JSON.stringify(input);
      const query = `?input=${encodeURIComponent(text)}`;
      return query.length <= LONGEST_IN_ADDRESS
        ? fetchJson<Previews[Name]["data"]>(path + query, signal)
        : fetchJson<Previews[Name]["data"]>(path, signal, text);
    },
    enabled: input !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    meta: { onDemand: true },
  });
}
