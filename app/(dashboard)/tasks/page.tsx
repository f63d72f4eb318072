import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { TaskList, TaskListSkeleton } from "@/components/tasks/list/task-list";
import { listQueues } from "@/lib/analytics/queues";
import { listTasks } from "@/lib/analytics/tasks";
import { queuesQuery } from "@/lib/query/queues";
import { tasksQuery } from "@/lib/query/tasks";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";
import { Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Tasks" };

const loadFilters = createLoader(tasksSearchParams);

export default function TasksPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<TaskListSkeleton />}>
      {loadFilters(searchParams).then((filters) => (
        <Hydrate
          prefetch={[
            onServer(queuesQuery(), () => listQueues()),
            onServer(tasksQuery(filters), () => listTasks(filters)),
          ]}
        >
          <TaskList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
