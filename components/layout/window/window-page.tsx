"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LiveData } from "@/components/layout/live/live-data";
import { Panel } from "@/components/ui/data/panel";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import type { Window } from "@/lib/search-params/windows";
import { useWindowRefresh } from "./use-window";
import { WindowSwitch } from "./window-switch";

const FRAME = "flex flex-col gap-3 p-3 wide:px-4";

/** A page about a time range: filters, the range and one panel of rows. */
export function WindowPage<Data extends { now: string }>({
  title,
  aside,
  window,
  onWindow,
  query,
  children,
}: {
  title: string;
  /** Filters beside the range. */
  aside: ReactNode;
  window: Window;
  onWindow: (window: Window) => void;
  query: UseQueryResult<Data>;
  /** `j` and `k` move between rows with `data-row`. */
  children: (data: Data) => ReactNode;
}) {
  return (
    <div className={FRAME}>
      <h1 className="sr-only">{title}</h1>
      <div className="flex flex-wrap items-center gap-2">
        {aside}
        <span className="ml-auto">
          <WindowSwitch value={window} onChange={onWindow} />
        </span>
      </div>
      <LiveData query={query} every={useWindowRefresh(window)} skeleton={<Rows title={title} />}>
        {children}
      </LiveData>
    </div>
  );
}

export function WindowPageSkeleton({ title }: { title: string }) {
  return (
    <div className={FRAME}>
      <div className="h-9 wide:h-7" />
      <Rows title={title} />
    </div>
  );
}

function Rows({ title }: { title: string }) {
  return (
    <Panel title={title}>
      <SkeletonRows rows={10} columns={6} />
    </Panel>
  );
}
