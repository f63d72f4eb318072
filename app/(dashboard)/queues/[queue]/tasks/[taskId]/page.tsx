import type { Metadata } from "next";
import { Suspense } from "react";
import { TaskPage, TaskPageSkeleton } from "@/components/task/task-page";
import { getTask } from "@/lib/analytics/task";
import { formatShortId } from "@/lib/format";
import { taskQuery } from "@/lib/query/task";
import { Seeded } from "../../../../seeded";
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
        const read = () => getTask(queue, id);
        return (
          <Seeded seeds={[{ queryKey: taskQuery(queue, id).queryKey, read }]}>
            <TaskPage queue={queue} taskId={id} />
          </Seeded>
        );
      })}
    </Suspense>
  );
}
