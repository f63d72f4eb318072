import { taskPath } from "@/components/layout/paths";
import { StateLabel } from "@/components/tasks/state/state-label";
import { Table, Td, Th } from "@/components/ui/data/table";
import { Badge } from "@/components/ui/text/badge";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { formatCount, formatShortId } from "@/lib/format";
import type { RunView } from "@/lib/highway/view/run-view";

/** All tasks of the run with links to their pages. */
export function RunTasks({ view: { run, tasks, linked } }: { view: RunView }) {
  return (
    <>
      <Table>
        <thead className="bg-canvas">
          <tr>
            <Th className="pl-4!">State</Th>
            <Th>Name</Th>
            <Th>Task id</Th>
            <Th>Queue</Th>
            <Th numeric>Attempts</Th>
            <Th>Spawned</Th>
          </tr>
        </thead>
        <tbody>
          {tasks.map(({ detail: { task }, isRoot, path, part }) => (
            <tr key={task.taskId} className="hover:bg-hover">
              <Td className="pl-4!">
                <StateLabel state={task.state} />
                {isRoot && task.state === "completed" && run.status === "failed" && (
                  <span className="text-failed"> (reported a failure)</span>
                )}
              </Td>
              <Td>
                <Link
                  href={taskPath(task.queue, task.taskId)}
                  className="font-medium hover:text-accent-text hover:underline"
                >
                  {task.name}
                </Link>{" "}
                {isRoot && <Badge>root</Badge>}
                {path !== null && <code className="mono text-ink-2">{part}</code>}
              </Td>
              <Td>
                <code className="mono text-ink-2" data-tip={task.taskId}>
                  {formatShortId(task.taskId)}
                </code>
              </Td>
              <Td>{task.queue}</Td>
              <Td numeric>{task.attempts}</Td>
              <Td>
                <RelativeTime iso={task.enqueuedAt} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {linked.value > tasks.length && (
        <p className="px-4 py-2 text-12 text-ink-3">
          Showing the oldest {tasks.length} of {formatCount(linked)}.
        </p>
      )}
    </>
  );
}
