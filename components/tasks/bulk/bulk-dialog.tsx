"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { bulkPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { Preview } from "@/components/ui/data/preview";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Field, Input } from "@/components/ui/form/field";
import { Radio } from "@/components/ui/form/radio";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { startBulkAction } from "@/lib/actions/bulk";
import type { BulkPreview } from "@/lib/bulk/selected-tasks";
import type { TaskAddress } from "@/lib/bulk/selection";
import { formatCount, formatNumber, formatShortId, plural } from "@/lib/format";
import { BULK_ACTIONS, type BulkAction, TYPED_FROM } from "@/lib/model/bulk";
import { previewQuery } from "@/lib/query/previews";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
} from "@/lib/search-params/tasks/filters";
import { StateLabel } from "../state/state-label";
import { BULK_WORDS, RATES } from "./bulk-words";

/** The tasks: listed by address, or all that match the filters of a list. */
export type BulkDialogSelection = { ids: readonly TaskAddress[] } | { filters: TaskFilters };

/**
 * Applies one action to many tasks: choose it, see a preview, confirm (by typing a phrase for large numbers). The server
 * runs it in the background; the toast links to its progress.
 */
export function BulkDialog({
  selection,
  action: initial = "cancel",
  onStarted,
  onClose,
}: {
  selection: BulkDialogSelection;
  action?: BulkAction;
  /** Called once the operation has started. */
  onStarted?: () => void;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [action, setAction] = useState(initial);
  const [extra, setExtra] = useState("1");
  const [rate, setRate] = useState("200");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  // A snapshot: the page behind continues to update.
  const [tasks] = useState(() => toInput(selection));
  const preview = useQuery(previewQuery("bulk", { action, ...tasks }));
  const plan = preview.data;
  const words = BULK_WORDS[action];
  const phrase = plan && toPhrase(words.label, plan.eligible);
  const extraAttempts = Number(extra);
  const validExtra = Number.isInteger(extraAttempts) && extraAttempts >= 1 && extraAttempts <= 1000;
  const ready =
    plan?.installed &&
    (plan.eligible.value > 0 || plan.eligible.precision === "capped") &&
    (action !== "retry" || validExtra) &&
    (!phrase || typed.trim().toLowerCase() === phrase);
  return (
    <ConfirmDialog
      title={
        "ids" in tasks
          ? `Choose an action for ${plural(tasks.ids.length, "selected task")}`
          : `Choose an action for ${plan ? countMatching(plan) : "all matching tasks"}`
      }
      confirmLabel={
        plan && plan.eligible.value > 0
          ? `${words.label} ${formatCount(plan.eligible)}`
          : words.label
      }
      cancelLabel={action === "cancel" ? "Keep tasks" : "Cancel"}
      danger={action === "cancel"}
      disabled={!ready}
      onClose={onClose}
      onConfirm={async () => {
        const failure = await perform(
          () =>
            startBulkAction({
              action,
              ...tasks,
              perSecond: rate === "" ? null : Number(rate),
              shown: plan?.eligible.value ?? 0,
              reason,
              ...(action === "retry" && { extraAttempts }),
            }),
          {
            failed: "Bulk operation not started",
            done: ({ bulkId }) => ({
              title: "Started in the background",
              text: `${words.label}, ${plan ? formatCount(plan.eligible) : ""} tasks`,
              link: { href: bulkPath(bulkId), label: "View progress" },
            }),
          },
        );
        if (!failure) onStarted?.();
        return failure;
      }}
    >
      <fieldset className="grid gap-2 wide:grid-cols-2">
        <legend className="sr-only">Action</legend>
        {BULK_ACTIONS.map((one) => (
          <Radio
            key={one}
            name="bulk-action"
            checked={action === one}
            onChange={() => setAction(one)}
            label={BULK_WORDS[one].label}
          />
        ))}
      </fieldset>
      <p className="mt-2 text-ink-2">{words.description}</p>
      <PlanPreview
        preview={plan}
        done={words.done}
        problem={
          plan && !plan.installed
            ? "Bulk operations need the dashboard’s own tables, which this database does not have. Install them with npm run db:migrate."
            : preview.error?.message
        }
        onRetry={preview.error ? () => preview.refetch() : undefined}
      />
      <div className="mt-3 flex flex-col gap-2">
        <div className="flex flex-wrap gap-2">
          {action === "retry" && (
            <Field
              label="More attempts per task"
              error={validExtra ? undefined : "A whole number from 1 to 1000"}
            >
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="numeric"
                  value={extra}
                  onChange={(event) => setExtra(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field label="Rate">
            {(ids) => (
              <Select
                {...ids}
                options={RATES}
                value={rate}
                onChange={(event) => setRate(event.target.value)}
                className="w-full *:h-11 wide:*:h-8"
              />
            )}
          </Field>
        </div>
        <ReasonField value={reason} onChange={setReason} />
        {phrase && (
          <Field
            label={
              <>
                Type <strong className="font-semibold text-ink">{phrase}</strong> to confirm
              </>
            }
          >
            {(ids) => (
              <Input
                {...ids}
                autoComplete="off"
                spellCheck={false}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
        )}
      </div>
    </ConfirmDialog>
  );
}

function toInput(selection: BulkDialogSelection) {
  if ("ids" in selection)
    return { ids: selection.ids.map(({ queue, taskId }) => ({ queue, taskId })) };
  // Cursor, page size and columns do not affect which tasks match.
  const { limit, cursor, columns } = taskFilters();
  return { filters: serializeTaskFilters({ ...selection.filters, limit, cursor, columns }) };
}

/** The phrase to type; `undefined` for small numbers. Without an exact number it says "all". */
function toPhrase(label: string, eligible: { value: number; precision: string }) {
  const verb = label.toLowerCase();
  if (eligible.precision !== "exact") return `${verb} all`;
  return eligible.value >= TYPED_FROM ? `${verb} ${eligible.value}` : undefined;
}

/** How many tasks match, whether they will be changed or skipped. */
function countMatching({ eligible, ineligible }: BulkPreview): string {
  const skipped = ineligible.reduce((sum, { count }) => sum + count, 0);
  const total = { ...eligible, value: eligible.value + skipped };
  return `${formatCount(total)} matching ${total.value === 1 ? "task" : "tasks"}`;
}

/** How many tasks will change, examples of them, and why the others are skipped. */
function PlanPreview({
  preview,
  done,
  problem,
  onRetry,
}: {
  preview: BulkPreview | undefined;
  /** What will be done to the tasks, as in "27 will be cancelled". */
  done: string;
  problem: string | undefined;
  onRetry: (() => void) | undefined;
}) {
  return (
    <Preview
      problem={problem}
      onRetry={onRetry}
      waiting={
        <div role="status" aria-label="Counting" className="flex flex-col gap-3 py-1">
          <Skeleton className="w-56" />
          <Skeleton className="w-40" />
        </div>
      }
      className="mt-3 min-h-24"
    >
      {preview && <Counts preview={preview} done={done} />}
    </Preview>
  );
}

function Counts({
  preview: { eligible, ineligible, sample },
  done,
}: {
  preview: BulkPreview;
  done: string;
}) {
  return (
    <>
      <p className="flex items-center gap-2 px-3 py-2 font-medium">
        <Icon name="circle-check" className="text-completed-solid" />
        {formatCount(eligible)} will be {done}
      </p>
      {ineligible.map(({ reason, count }) => (
        <p key={reason} className="flex items-center gap-2 px-3 pb-1.5 text-ink-2">
          <Icon name="circle-slash" className="text-ink-3" />
          {formatNumber(count)} skipped: {reason}
        </p>
      ))}
      {sample.length > 0 && (
        <ul className="border-t px-3 py-1.5 text-12">
          {sample.map((task) => (
            <li key={`${task.queue}/${task.taskId}`} className="flex min-w-0 items-center gap-2">
              <span className="w-20 shrink-0">
                <StateLabel state={task.state} />
              </span>
              <span className="min-w-0 flex-1 truncate font-medium">{task.name}</span>
              <code className="mono text-ink-3">{formatShortId(task.taskId)}</code>
            </li>
          ))}
          {eligible.value > sample.length && <li className="text-ink-3">and more; newest first</li>}
        </ul>
      )}
    </>
  );
}
