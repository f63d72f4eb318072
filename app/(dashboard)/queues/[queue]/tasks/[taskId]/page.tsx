import type { Metadata } from "next";
import { Suspense } from "react";
import { TaskPage, TaskPageSkeleton } from "@/components/task/task-page";
import { formatShortId } from "@/lib/format";
import { readings } from "@/lib/live/readings";
import { taskQuery } from "@/lib/query/task";
import { Hydrate, onServer } from "../../../../hydrate";
import { queueName } from "../../queue-params";

type Props = { params: Promise<{ queue: string; taskId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Task ${formatShortId((await params).taskId)}` };
}

export default function TaskDetailPage({ params }: Props) {
  return (
    <Suspense fallback={<TaskPageSkeleton />}>
      {Promise.all([queueName(params), params]).then(([queue, { taskId }]) => {
        const id = decodeURIComponent(taskId).toLowerCase();
        return (
          <Hydrate
            prefetch={[onServer(taskQuery(queue, id), () => readings.task(undefined, queue, id))]}
          >
            <TaskPage queue={queue} taskId={id} />
          </Hydrate>
        );
      })}
    </Suspense>
  );
}
