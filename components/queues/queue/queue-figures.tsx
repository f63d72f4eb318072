"use client";
import { useQuery } from "@tanstack/react-query";
import { useWindow, useWindowRefresh } from "@/components/charts/use-window";
import { WindowSwitch } from "@/components/charts/window-switch";
import { LatencyPanel } from "@/components/overview/latency-panel";
import { ThroughputPanel } from "@/components/overview/throughput-panel";
import { useTenantScope } from "@/components/tenants/tenant-scope";
import { queueFiguresQuery } from "@/lib/query/queue";

/** How the queue fared: attempts over time, waits and run times by task name. */
export function QueueFigures({ queue }: { queue: string }) {
  const [window, setWindow] = useWindow();
  const tenant = [...useTenantScope()];
  const refetchInterval = useWindowRefresh(window);
  const options = { ...queueFiguresQuery(queue, { range: window, tenant }), refetchInterval };
  const throughput = useQuery({ ...options, select: (figures) => figures.throughput });
  const latency = useQuery({ ...options, select: (figures) => figures.latency });
  return (
    <>
      <div className="flex items-center">
        <h2 className="font-semibold text-14">Lately</h2>
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
