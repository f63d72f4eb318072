"use client";
import { useState } from "react";
import type { Folding, Row } from "./timeline-rows";

/** Which rows the reader has opened or closed. */
export function useFolding(): { folding: Folding; toggle: (row: Row) => void } {
  const [folding, setFolding] = useState<Folding>({ lanes: new Set(), replayed: new Set() });
  const toggle = (row: Row) => {
    if (row.kind === "lane") setFolding({ ...folding, lanes: flip(folding.lanes, row.lane.runId) });
    if (row.kind === "replayed")
      setFolding({ ...folding, replayed: flip(folding.replayed, row.lane.runId) });
  };
  return { folding, toggle };
}

function flip(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
