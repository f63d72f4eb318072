import { taskPath } from "@/components/layout/paths";
import { Button } from "@/components/ui/form/button";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Link } from "@/components/ui/text/link";
import type { cancelWorkflowRunAction } from "@/lib/actions/workflows";
import { formatShortId } from "@/lib/format";

export type Outcome = Extract<
  Awaited<ReturnType<typeof cancelWorkflowRunAction>>,
  { ok: true }
>["data"]["outcomes"][number];

const WORDS = { cancelled: "cancelled", ended: "had ended" } as const;

/** What became of each task of a run that was cancelled. */
export function CancelOutcomes({
  name,
  outcomes,
  onClose,
}: {
  name: string;
  outcomes: readonly Outcome[];
  onClose: () => void;
}) {
  return (
    <Dialog
      title={`${name} is cancelled`}
      onClose={onClose}
      footer={
        <Button size="large" variant="primary" onClick={onClose} className="flex-1 wide:flex-none">
          Done
        </Button>
      }
    >
      {outcomes.length === 0 && <p className="text-ink-2">It had no task left to cancel.</p>}
      <ul className="flex flex-col gap-0.5">
        {outcomes.map(({ queue, taskId, taskName, outcome }) => (
          <li key={taskId} className="flex min-w-0 items-center gap-2 text-12">
            <span className="w-20 shrink-0 text-ink-2">{WORDS[outcome]}</span>
            <Link
              href={taskPath(queue, taskId)}
              className="truncate text-accent-text hover:underline"
            >
              {taskName}
            </Link>
            <code className="mono shrink-0 text-ink-3">{formatShortId(taskId)}</code>
            <span className="ml-auto truncate text-ink-3">{queue}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
