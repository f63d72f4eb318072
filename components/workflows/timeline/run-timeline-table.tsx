import { taskPath } from "@/components/layout/paths";
import { LineTable } from "@/components/timeline/timeline-table";
import { Link } from "@/components/ui/text/link";
import type { RunTableRow } from "./run-rows";

/** A run's timeline as a table. Clicking a name selects its operator. */
export function RunTimelineTable({
  rows,
  selected,
  onSelect,
}: {
  rows: readonly RunTableRow[];
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  const lines = rows.map((row) => {
    const { task, name, path } = row;
    const isSelected = path !== null && path === selected;
    return {
      ...row,
      before: task ? (
        <Link
          href={taskPath(task.detail.task.queue, task.detail.task.taskId)}
          className="hover:text-accent-text hover:underline"
        >
          {task.title}
        </Link>
      ) : (
        "the run"
      ),
      name:
        name !== null && path !== null ? (
          <button
            type="button"
            aria-pressed={isSelected}
            onClick={() => onSelect(isSelected ? null : path)}
            className="text-left hover:text-accent-text hover:underline aria-pressed:text-accent-text"
          >
            {name}
          </button>
        ) : (
          name
        ),
    };
  });
  return <LineTable lines={lines} before="Task" />;
}
