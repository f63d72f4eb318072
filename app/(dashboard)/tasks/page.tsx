import type { Metadata } from "next";
import { createLoader, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { TaskList, TaskListSkeleton } from "@/components/tasks/list/task-list";
import { tasksSearchParams } from "@/lib/search-params/tasks";
import { Seeded } from "../seeded";
import { queuesSeed, tasksSeed } from "../seeds";

export const metadata: Metadata = { title: "Tasks" };

const loadFilters = createLoader(tasksSearchParams);

export default function TasksPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<TaskListSkeleton />}>
      {loadFilters(searchParams).then((filters) => (
        <Seeded seeds={[queuesSeed(), tasksSeed(filters)]}>
          <TaskList />
        </Seeded>
      ))}
    </Suspense>
  );
}
