import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { TaskList, TaskListSkeleton } from "@/components/tasks/list/task-list";
import { tasksSearchParams } from "@/lib/search-params/tasks";
import { Seeded } from "../../../seeded";
import { queuesSeed, tasksSeed } from "../../../seeds";
import { type QueueParams, queueName, queueTitle } from "../queue-params";

type Props = QueueParams & { searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Tasks of ${await queueTitle(params)}` };
}

const loadFilters = createLoader(tasksSearchParams);

export default function QueueTasksPage({ params, searchParams }: Props) {
  return (
    <Suspense fallback={<TaskListSkeleton />}>
      {Promise.all([queueName(params), loadFilters(searchParams)]).then(([queue, filters]) => (
        <Seeded seeds={[queuesSeed(), tasksSeed({ ...filters, queue: [queue] })]}>
          <TaskList queue={queue} />
        </Seeded>
      ))}
    </Suspense>
  );
}
