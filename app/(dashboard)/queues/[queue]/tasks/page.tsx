import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { TaskList, TaskListSkeleton } from "@/components/tasks/list/task-list";
import { readings } from "@/lib/live/readings";
import { tasksQuery } from "@/lib/query/tasks";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";
import { Hydrate, onServer } from "../../../hydrate";
import { type QueueParams, queueName, queueTitle } from "../queue-params";

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Tasks of ${await queueTitle(params)}` };
}

const loadFilters = createLoader(tasksSearchParams);

export default function QueueTasksPage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<TaskListSkeleton />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([queue, given]) => {
        const filters = { ...given, queue: [queue] };
        return (
          <Hydrate
            prefetch={[onServer(tasksQuery(filters), () => readings.tasks(undefined, filters))]}
          >
            <TaskList queue={queue} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
