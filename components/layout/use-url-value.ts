"use client";
import type { inferParserType, ParserMap } from "nuqs/server";
import { useCallback, useMemo } from "react";
import { type Change, useUrlState } from "./use-url-state";

/** As `useUrlState`, for a single key. */
export function useUrlValue<Parser extends ParserMap[string]>(
  key: string,
  parser: Parser,
  { history = "replace" }: { history?: "push" | "replace" } = {},
): [inferParserType<Parser>, (value: inferParserType<Parser> | null) => void] {
  const parsers = useMemo(() => ({ [key]: parser }), [key, parser]);
  const [values, change] = useUrlState(parsers, { history });
  const set = useCallback(
    (value: inferParserType<Parser> | null) => change({ [key]: value } as Change<typeof parsers>),
    [change, key],
  );
  return [values[key] as inferParserType<Parser>, set];
}
