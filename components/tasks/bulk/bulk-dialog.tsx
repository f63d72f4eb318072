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
import type { Previews } from "@/lib/actions/previews/previews";
import type { TaskAddress } from "@/lib/bulk/selection";
import { formatCount, formatNumber, formatShortId, plural } from "@/lib/format";
import { BULK_ACTIONS, type BulkAction, TYPED_FROM } from "@/lib/model/rows/bulk";
import type { TaskState } from "@/lib/model/states";
import { previewQuery } from "@/lib/query/previews";
import {
  serializeTaskFilters,
  type TaskFilters,
  taskFilters,
} from "@/lib/search-params/tasks/filters";
import { listWords } from "@/lib/search-params/tasks/query";
import { StateLabel } from "../state/state-label";
import { BULK_WORDS, RATES } from "./bulk-words";

/** The tasks: an explicit list, or all that match the filters of a list. */
export type BulkDialogSelection =
  | {
      ids: readonly (TaskAddress & { state?: TaskState })[];
      /** The error groups whose failed tasks these are, separated by spaces. */
      group?: string;
    }
  | { filters: TaskFilters };

/** What the server returns for a preview. */
type Plan = Previews["bulk"]["data"];

/**
 * Applies one action to many tasks: choose it, preview it, confirm it (by typing a phrase for large numbers). The
 * operation covers exactly what was previewed: the server refuses if more tasks match by then, and repeated requests
 * start it only once. It runs in the background; the toast links to its progress.
 */
export function BulkDialog({
  selection,
  action: initial,
  onStarted,
  onClose,
}: {
  selection: BulkDialogSelection;
  /** The initial action; by default the one that fits the tasks' states, if any. */
  action?: BulkAction;
  /** Called once the operation has started. */
  onStarted?: () => void;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [action, setAction] = useState(initial ?? findFittingAction(selection));
  const [extra, setExtra] = useState("1");
  const [rate, setRate] = useState("200");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  // A snapshot, because the page behind keeps updating.
  const [tasks] = useState(() => toInput(selection));
  const preview = useQuery(previewQuery("bulk", action && { action, ...tasks }));
  const plan = action && preview.data;
  const words = action && BULK_WORDS[action];
  const phrase = plan && words && toPhrase(words.label, plan.eligible);
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
        !words
          ? "Choose an action"
          : plan && plan.eligible.value > 0
            ? `${words.label} ${formatCount(plan.eligible)}`
            : words.label
      }
      cancelLabel={action === "cancel" ? "Keep tasks" : "Cancel"}
      danger={action === "cancel"}
      disabled={!ready}
      onClose={onClose}
      onConfirm={async () => {
        if (!action || !plan) return undefined;
        const failure = await perform(
          () =>
            startBulkAction({
              action,
              ...plan.start,
              perSecond: rate === "" ? null : Number(rate),
              reason,
              ...(action === "retry" && { extraAttempts }),
              ...("group" in selection && { group: selection.group }),
            }),
          {
            failed: "Bulk operation not started",
            done: ({ bulkId }) => ({
              title: "Started in the background",
              text: `${BULK_WORDS[action].label}, ${formatCount(plan.eligible)} tasks`,
              link: { href: bulkPath(bulkId), label: "View progress" },
            }),
          },
        );
        if (!failure) onStarted?.();
        else if (failure.code === "state_changed") void preview.refetch();
        return failure;
      }}
    >
      {"filters" in selection && <Scope filters={selection.filters} />}
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
      <p className="mt-2 text-ink-2">
        {words ? words.description : "Nothing is chosen. The preview counts the tasks first."}
      </p>
      {words && (
        <PlanPreview
          preview={plan}
          done={words.done}
          problem={
            plan && !plan.installed
              ? "Bulk operations need the dashboard’s own tables, which this database lacks or has in an earlier version. Install them with absurd-dashboard migrate."
              : preview.error?.message
          }
          onRetry={preview.error ? () => preview.refetch() : undefined}
        />
      )}
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

/** The action that all tasks allow, unless it is destructive. */
function findFittingAction(selection: BulkDialogSelection): BulkAction | undefined {
  const states =
    "ids" in selection ? selection.ids.map(({ state }) => state) : selection.filters.state;
  if (states.length === 0) return undefined;
  if (states.every((state) => state === "failed")) return "retry";
  const areEnded = states.every((state) => state === "completed" || state === "cancelled");
  return areEnded ? "run-again" : undefined;
}

/** The matching tasks, described in the search box's language. */
function Scope({ filters }: { filters: TaskFilters }) {
  const { range, after, before } = filters;
  const words = [
    ...listWords(filters).map(({ text }) => text),
    ...(range ? [`spawned in the last ${range}`] : []),
    ...(after ? [`spawned after ${after}`] : []),
    ...(before ? [`spawned before ${before}`] : []),
  ];
  return (
    <ul aria-label="Tasks that match" className="mb-3 flex flex-wrap gap-1.5 text-12">
      {words.length === 0 && <li className="text-ink-2">All tasks of all queues</li>}
      {words.map((word) => (
        <li key={word} className="mono max-w-full truncate rounded-1 bg-active px-1.5 py-0.5">
          {word}
        </li>
      ))}
    </ul>
  );
}

function toInput(selection: BulkDialogSelection) {
  if ("ids" in selection)
    return { ids: selection.ids.map(({ queue, taskId }) => ({ queue, taskId })) };
  // Cursor, page size and columns don't affect which tasks match.
  const { limit, cursor, columns } = taskFilters();
  return { filters: serializeTaskFilters({ ...selection.filters, limit, cursor, columns }) };
}

/** The phrase to type; `undefined` for small numbers. It contains "all" if the number isn't exact. */
function toPhrase(label: string, eligible: { value: number; precision: string }) {
  const verb = label.toLowerCase();
  if (eligible.precision !== "exact") return `${verb} all`;
  return eligible.value >= TYPED_FROM ? `${verb} ${eligible.value}` : undefined;
}

/** The number of matching tasks, whether they will change or be skipped. */
function countMatching({ eligible, ineligible }: Plan): string {
  const skipped = ineligible.reduce((sum, { count }) => sum + count, 0);
  const total = { ...eligible, value: eligible.value + skipped };
  return `${formatCount(total)} matching ${total.value === 1 ? "task" : "tasks"}`;
}

/** The number of tasks that will change with examples, and why the others are skipped. */
function PlanPreview({
  preview,
  done,
  problem,
  onRetry,
}: {
  preview: Plan | undefined;
  /** Past participle after a number, as in "27 will be cancelled". */
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

function describeQueue(
  { name, count }: Plan["queues"][number],
  _: number,
  { length }: readonly unknown[],
): string {
  return length === 1 ? name : `${name} ${formatNumber(count)}`;
}

function Counts({
  preview: { eligible, ineligible, queues, sample },
  done,
}: {
  preview: Plan;
  done: string;
}) {
  return (
    <>
      <p className="flex items-center gap-2 px-3 py-2 font-medium">
        {eligible.value > 0 ? (
          <Icon name="circle-check" className="text-completed-solid" />
        ) : (
          <Icon name="circle-slash" className="text-ink-3" />
        )}
        <span className={eligible.value > 0 ? "" : "text-ink-3"}>
          {formatCount(eligible)} will be {done}
        </span>
      </p>
      {queues.length > 0 && (
        <p className="px-3 pb-1.5 text-ink-2">
          {queues.length === 1 ? "In queue " : `In ${plural(queues.length, "queue")}: `}
          {queues.slice(0, 5).map(describeQueue).join(", ")}
          {queues.length > 5 && ` and ${queues.length - 5} more`}
        </p>
      )}
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
              <span dir="auto" className="min-w-0 flex-1 truncate text-left font-medium">
                {task.name}
              </span>
              <code className="mono text-ink-3">{formatShortId(task.taskId)}</code>
            </li>
          ))}
          {eligible.value > sample.length && <li className="text-ink-3">and more; newest first</li>}
        </ul>
      )}
    </>
  );
}
