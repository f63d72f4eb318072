import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { TaskList, TaskListSkeleton } from "@/components/tasks/list/task-list";
import { readings } from "@/lib/live/readings";
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
          prefetch={[onServer(tasksQuery(filters), () => readings.tasks(undefined, filters))]}
        >
          <TaskList />
        </Hydrate>
      ))}
    </Suspense>
  );
}
