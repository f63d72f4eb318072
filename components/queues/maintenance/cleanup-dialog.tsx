"use client";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Preview } from "@/components/ui/data/preview";
import type { FailedOutcome } from "@/components/ui/feedback/outcome-error";
import { Button } from "@/components/ui/form/button";
import { Checkbox } from "@/components/ui/form/checkbox";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { CountText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { cleanUpQueueAction } from "@/lib/actions/queues";
import type { ActionResult } from "@/lib/actions/result";
import type { CleanupPlan } from "@/lib/analytics/queue-maintenance";
import { plural } from "@/lib/format";
import type { Iso } from "@/lib/model/instants";
import { previewQuery } from "@/lib/query/previews";
import { formatPeriod } from "../policy/period";
import { PeriodField } from "../policy/period-field";
import { NameToConfirm } from "../queue/name-to-confirm";

const MONTH_SECONDS = 30 * 86_400;

/** Cleans up a queue: previews what would be deleted, then deletes it in batches and can be stopped. */
export function CleanupDialog({
  queue,
  policySeconds,
  onClose,
}: {
  queue: string;
  /** The policy's retention of finished tasks; `null` without a policy. */
  policySeconds: number | null;
  onClose: () => void;
}) {
  const [kept] = useState(policySeconds);
  const [ttlSeconds, setTtl] = useState(Math.floor(kept ?? MONTH_SECONDS));
  const [tasks, setTasks] = useState(true);
  const [events, setEvents] = useState(true);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const { deleted, run, stop } = useCleanup();
  const valid = !Number.isNaN(ttlSeconds) && ttlSeconds < 2 ** 31;
  const preview = useQuery(previewQuery("cleanup", valid ? { queue, ttlSeconds } : undefined));
  const plan = preview.data;
  const shorter = valid && (kept === null || ttlSeconds < Math.floor(kept));
  const count = (tasks ? (plan?.tasks.value ?? 0) : 0) + (events ? (plan?.events.value ?? 0) : 0);
  return (
    <ConfirmDialog
      title="Clean up now"
      danger
      confirmLabel="Delete"
      disabled={!plan || count === 0 || (shorter && typed !== queue)}
      note={
        deleted && (
          <span role="status" className="flex items-center gap-2">
            {describeDeleted(deleted)} deleted
            <Button onClick={stop}>Stop</Button>
          </span>
        )
      }
      onClose={onClose}
      onConfirm={() => run({ queue, ttlSeconds, tasks, events, reason, shownBefore: plan?.before })}
    >
      <div className="flex flex-col gap-3">
        <PeriodField
          label="Delete tasks and events older than"
          hint={
            kept === null
              ? "This queue has no policy"
              : `The policy keeps them for ${formatPeriod(kept)}`
          }
          seconds={ttlSeconds}
          onChange={setTtl}
        />
        <div className="flex flex-wrap gap-x-4">
          <Checkbox checked={tasks} onChange={({ target }) => setTasks(target.checked)}>
            Tasks
          </Checkbox>
          <Checkbox checked={events} onChange={({ target }) => setEvents(target.checked)}>
            Events
          </Checkbox>
        </div>
        <CleanupPreview
          plan={plan}
          problem={valid ? preview.error?.message : "Enter how long to keep tasks and events."}
          onRetry={valid ? () => preview.refetch() : undefined}
        />
        {shorter && <NameToConfirm queue={queue} value={typed} onChange={setTyped} />}
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}

/** What a cleanup would delete now. */
function CleanupPreview({
  plan,
  problem,
  onRetry,
}: {
  plan: CleanupPlan | undefined;
  problem: string | undefined;
  onRetry: (() => void) | undefined;
}) {
  return (
    <Preview
      label="What will be deleted"
      problem={problem}
      onRetry={onRetry}
      waiting="Counting tasks and events…"
      className="min-h-20"
    >
      {plan && (
        <div className="px-3 py-2">
          <p>
            <CountText count={plan.tasks} className="font-semibold" /> tasks finished before{" "}
            <AbsoluteTime iso={plan.before} />, with attempts, checkpoints and idempotency keys
          </p>
          <p>
            <CountText count={plan.events} className="font-semibold" /> events from before then
            {plan.neverEmitted.value > 0 && (
              <>
                {" "}
                (<CountText count={plan.neverEmitted} /> never emitted)
              </>
            )}
            . Current waiters are not affected.
          </p>
          <p className="text-12 text-ink-3">
            Active tasks are kept. A later wait for a deleted event needs a new emit.
          </p>
        </div>
      )}
    </Preview>
  );
}

type Deleted = { tasksDeleted: number; eventsDeleted: number };
type Cleanup = {
  queue: string;
  ttlSeconds: number;
  tasks: boolean;
  events: boolean;
  reason: string;
  shownBefore: Iso | undefined;
};

/** Runs cleanup batches until nothing is left or `stop` is called; `deleted` counts the progress. */
function useCleanup() {
  const perform = usePerform();
  const [deleted, setDeleted] = useState<Deleted | null>(null);
  const stopped = useRef(false);

  async function drain(cleanup: Cleanup): Promise<ActionResult<Deleted>> {
    const sum = { tasksDeleted: 0, eventsDeleted: 0 };
    for (;;) {
      const result = await cleanUpQueueAction(cleanup);
      if (!result.ok)
        return sum.tasksDeleted + sum.eventsDeleted > 0 ? markPartial(result, sum) : result;
      sum.tasksDeleted += result.data.tasksDeleted;
      sum.eventsDeleted += result.data.eventsDeleted;
      setDeleted({ ...sum });
      if (result.data.done || stopped.current) return { ...result, data: sum };
    }
  }

  return {
    deleted,
    stop: () => {
      stopped.current = true;
    },
    run: (cleanup: Cleanup): Promise<FailedOutcome | undefined> => {
      stopped.current = false;
      setDeleted({ tasksDeleted: 0, eventsDeleted: 0 });
      return perform(() => drain(cleanup), {
        failed: "Queue not cleaned up",
        done: (sum) => ({
          title: stopped.current ? "Cleanup stopped" : "Cleaned up",
          text: `${describeDeleted(sum)} deleted`,
        }),
      });
    },
  };
}

function describeDeleted({ tasksDeleted, eventsDeleted }: Deleted): string {
  return `${plural(tasksDeleted, "task")} and ${plural(eventsDeleted, "event")}`;
}

/** A later batch failed after earlier ones committed, so the error must not claim that nothing changed. */
function markPartial(
  { error }: { error: Extract<ActionResult<Deleted>, { ok: false }>["error"] },
  sum: Deleted,
): ActionResult<Deleted> {
  const message = `${error.message} Before that, ${describeDeleted(sum)} were deleted.`;
  return { ok: false, error: { ...error, message, changed: "unknown" } };
}
