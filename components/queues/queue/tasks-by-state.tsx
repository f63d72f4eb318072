"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { queueTasksPath } from "@/components/layout/paths";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { ScopedLink, useTenantScope } from "@/components/tenants/tenant-scope";
import { Panel } from "@/components/ui/data/panel";
import { Button } from "@/components/ui/form/button";
import { CountText } from "@/components/ui/text/count";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { countInState, type Queue } from "@/lib/model/queue";
import { TASK_STATES } from "@/lib/model/states";
import { exactCountsQuery } from "@/lib/query/queue";

/** The number of tasks in each state. Finished tasks are counted exactly on demand. */
export function TasksByState({ queue }: { queue: Queue }) {
  const client = useQueryClient();
  const options = exactCountsQuery(queue.name, useTenantScope());
  const { data: exact, isFetching, error, refetch } = useQuery(options);
  const counted = exact ? { ...queue, terminal: exact } : queue;
  const inexact = Object.values(queue.terminal).some(({ precision }) => precision !== "exact");
  return (
    <Panel
      title="Tasks by state"
      note={
        error ? (
          <span className="text-failed">{error.message}</span>
        ) : exact ? (
          <>
            finished tasks counted <RelativeTime iso={exact.now} />
          </>
        ) : (
          inexact && describePrecision(queue)
        )
      }
      aside={
        isFetching ? (
          <span className="-my-1 flex items-center gap-2" role="status">
            Counting every task…
            <Button
              className="wide:h-6"
              onClick={() => client.cancelQueries({ queryKey: options.queryKey })}
            >
              Stop
            </Button>
          </span>
        ) : (
          (inexact || exact) && (
            <Button variant="ghost" className="-my-1 wide:h-6" onClick={() => refetch()}>
              {exact ? "Count again" : "Count exactly"}
            </Button>
          )
        )
      }
    >
      <ul className="grid grid-cols-2 wide:grid-cols-6">
        {TASK_STATES.map((state) => (
          <li key={state} className="border-line-subtle border-r border-b last:border-r-0">
            <ScopedLink
              href={`${queueTasksPath(queue.name)}?state=${state}`}
              className="block px-3 py-2 -outline-offset-2 hover:bg-hover"
            >
              <span className="flex items-center gap-1.5 text-12 text-ink-2">
                <StateIcon state={state} />
                {state}
              </span>
              <span className="font-semibold text-20">
                <CountText count={countInState(counted, state)} />
              </span>
            </ScopedLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Counts over all tenants come from statistics; counts of some tenants cover only the newest tasks. */
function describePrecision({ terminal }: Queue): string {
  const isCapped = Object.values(terminal).some(({ precision }) => precision === "capped");
  return isCapped
    ? "finished tasks are counted among the newest 20,000"
    : "finished tasks are estimated";
}
