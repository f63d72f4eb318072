"use client";
import { parseAsString, useQueryState } from "nuqs";
import { LiveData } from "@/components/layout/live-data";
import { NoQueues } from "@/components/queues/no-queues";
import { useQueues } from "@/components/queues/use-queues";
import { Select } from "@/components/ui/select";
import { EventList, EventListSkeleton } from "./event-list";

/** Events belong to a queue: this room asks for one and shows its events. */
export function AllEvents() {
  const query = useQueues();
  const [chosen, choose] = useQueryState("queue", parseAsString);
  return (
    <LiveData query={query} skeleton={<EventListSkeleton />}>
      {({ queues }) => {
        const queue = chosen ?? queues[0]?.name;
        if (queue === undefined) return <NoQueues />;
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
      }}
    </LiveData>
  );
}
