"use client";
import { useQuery } from "@tanstack/react-query";
import { polled } from "@/components/layout/live/polling";
import { useWindow, useWindowRefresh } from "@/components/layout/window/use-window";
import { WindowSwitch } from "@/components/layout/window/window-switch";
import { LatencyPanel } from "@/components/overview/latency-panel";
import { ThroughputPanel } from "@/components/overview/throughput-panel";
import { useTenantScope } from "@/components/tenants/tenant-scope";
import { queueFiguresQuery } from "@/lib/query/queue";

/** Attempts over time; wait and run times by task name. */
export function QueueActivity({ queue }: { queue: string }) {
  const [window, setWindow] = useWindow();
  const tenant = [...useTenantScope()];
  const refetchInterval = polled(useWindowRefresh(window));
  const options = { ...queueFiguresQuery(queue, { range: window, tenant }), refetchInterval };
  const throughput = useQuery({ ...options, select: (data) => data.throughput });
  const latency = useQuery({ ...options, select: (data) => data.latency });
  return (
    <>
      <div className="flex items-center">
        <h2 className="font-semibold text-14">Activity</h2>
        <span className="ml-auto">
          <WindowSwitch value={window} onChange={setWindow} />
        </span>
      </div>
      <div className="grid gap-3 xwide:grid-cols-2">
        <ThroughputPanel query={throughput} window={window} />
        <LatencyPanel query={latency} window={window} />
      </div>
    </>
  );
}
