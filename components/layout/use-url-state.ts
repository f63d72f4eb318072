"use client";
import { useSearchParams } from "next/navigation";
import { createSerializer, type inferParserType, type ParserMap } from "nuqs/server";
import { startTransition, useCallback, useMemo, useOptimistic } from "react";
import { defaultOf, readValue } from "@/lib/search-params/read-value";

type Values<Parsers extends ParserMap> = inferParserType<Parsers>;
export type Change<Parsers extends ParserMap> = {
  [Key in keyof Values<Parsers>]?: Values<Parsers>[Key] | null;
};

/**
 * What the address says, and the way to change it without asking the server. What a change does not name stays in the
 * address; `null` and defaults leave it. `parsers` must be the same object at each call.
 */
export function useUrlState<Parsers extends ParserMap>(
  parsers: Parsers,
  { history = "replace" }: { history?: "push" | "replace" } = {},
): [Values<Parsers>, (change: Change<Parsers>) => void] {
  // The router follows the address in a transition; what was chosen shows at once.
  const [search, show] = useOptimistic(useSearchParams().toString());
  const values = useMemo(() => readAddress(parsers, search), [parsers, search]);
  const change = useCallback(
    (change: Change<Parsers>) =>
      startTransition(() => {
        const { pathname, search, hash } = window.location;
        const next = createSerializer(parsers)(new URLSearchParams(search), change);
        show(new URLSearchParams(next).toString());
        window.history[`${history}State`](null, "", `${pathname}${next}${hash}`);
      }),
    [parsers, history, show],
  );
  return [values, change];
}

/** What cannot be read counts as not there. */
function readAddress<Parsers extends ParserMap>(parsers: Parsers, search: string) {
  const given = new URLSearchParams(search);
  return Object.fromEntries(
    Object.entries(parsers).map(([key, parser]) => [
      key,
      readValue(parser, given.getAll(key)) ?? defaultOf(parser),
    ]),
  ) as Values<Parsers>;
}
