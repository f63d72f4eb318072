"use client";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { LiveData } from "@/components/layout/live-data";
import { NoQueues } from "@/components/queues/no-queues";
import { useQueues } from "@/components/queues/use-queues";
import { Select } from "@/components/ui/select";
import type { Queue } from "@/lib/analytics/types";
import { EventList, EventListSkeleton } from "./event-list";

/** Events belong to a queue: this room asks for one and shows its events. */
export function AllEvents() {
  const query = useQueues();
  return (
    <LiveData query={query} skeleton={<EventListSkeleton />}>
      {({ queues }) => (queues.length === 0 ? <NoQueues /> : <OfOneQueue queues={queues} />)}
    </LiveData>
  );
}

function OfOneQueue({ queues }: { queues: readonly Queue[] }) {
  // Picked once: the busiest queue may change from read to read, the list must not.
  const [busiest] = useState(() => mostSleeping(queues));
  const [queue, choose] = useQueryState("queue", parseAsString.withDefault(busiest));
  const names = queues.map(({ name }) => name);
  const options = names.includes(queue) ? names : [queue, ...names];
  return (
    <EventList
      key={queue}
      queue={queue}
      aside={
        <Select
          quiet
          aria-label="Queue"
          className="max-w-60"
          value={queue}
          options={options.map((name) => ({ value: name, label: name }))}
          onChange={({ target }) => choose(target.value)}
        />
      }
    />
  );
}

function mostSleeping(queues: readonly Queue[]): string {
  return queues.toSorted((a, b) => b.active.sleeping - a.active.sleeping)[0]?.name ?? "";
}
