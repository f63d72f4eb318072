import { taskPath } from "@/components/layout/paths";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { RelatedTask } from "@/lib/model/related";
import { relationWords } from "./relation-words";

/** A task that has to do with the one on the page: what it is, where, and how that is known. */
export function RelatedRow({ task, relation }: RelatedTask) {
  return (
    <li className="border-line-subtle border-b last:border-b-0">
      <Link
        href={taskPath(task.queue, task.taskId)}
        className="grid min-h-11 grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2 px-3 py-1.5 hover:bg-hover"
      >
        <StateIcon state={task.state} />
        <span className="min-w-0">
          <span className="block truncate">
            <span className="font-medium text-accent-text">{task.name}</span>{" "}
            <span className="text-ink-3">
              {task.state} in {task.queue}
            </span>
          </span>
          <span className="block truncate text-12 text-ink-3">{relationWords(relation)}</span>
        </span>
        <span className="text-12 text-ink-2">
          <RelativeTime iso={task.enqueuedAt} />
        </span>
      </Link>
    </li>
  );
}
