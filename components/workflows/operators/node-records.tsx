import { taskPath } from "@/components/layout/paths";
import { TaskPayload } from "@/components/payloads/task-payload";
import { Link } from "@/components/ui/text/link";
import { describeStep } from "@/lib/highway/view/describe-step";
import { isInterpreted } from "@/lib/highway/view/records";
import type { Resolve } from "@/lib/highway/view/resolve-step";
import type { WorkflowRunDetail } from "@/lib/model/workflow";

/** Only the last entries are shown. */
const MAX_SHOWN = 20;

/** What the run's tasks recorded for one operator: results and the interpreter's internal steps. */
export function NodeRecords({
  path,
  detail,
  resolve,
}: {
  path: string;
  detail: WorkflowRunDetail;
  resolve: Resolve;
}) {
  const interpreted = isInterpreted(detail);
  const entries = detail.tasks.flatMap(({ task, checkpoints }) =>
    checkpoints.flatMap(({ name, state }) => {
      const step = resolve(name);
      if (step?.path !== path) return [];
      const recorded = detail.records[task.taskId]?.values[name];
      const { words } = interpreted
        ? describeStep(name, step, { state, recorded })
        : { words: name };
      return [{ task, name, state, words }];
    }),
  );
  return entries.slice(-MAX_SHOWN).map(({ task, name, state, words }) => (
    <div key={`${task.taskId} ${name}`} className="mt-2 overflow-hidden rounded-2 border">
      <div className="flex items-center justify-between gap-2 border-b bg-canvas px-3 py-1 text-12">
        <span className="min-w-0 truncate" data-tip={name}>
          {words === name ? <code className="mono">{name}</code> : words}
        </span>
        <Link
          href={`${taskPath(task.queue, task.taskId)}?tab=steps`}
          className="shrink-0 text-accent-text hover:underline"
        >
          {task.name}
        </Link>
      </div>
      <TaskPayload
        queue={task.queue}
        taskId={task.taskId}
        of={{ of: "checkpoint", name }}
        payload={state}
      />
    </div>
  ));
}
