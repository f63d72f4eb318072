"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { bulkPath } from "@/components/layout/paths";
import { usePerform } from "@/components/layout/use-perform";
import { Field, Input } from "@/components/ui/form/field";
import { Radio } from "@/components/ui/form/radio";
import { Select } from "@/components/ui/form/select";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { previewBulkAction, startBulkAction } from "@/lib/actions/bulk";
import type { TaskAddress } from "@/lib/bulk/selection";
import { formatCount, plural } from "@/lib/format";
import { BULK_ACTIONS, type BulkAction, TYPED_FROM } from "@/lib/model/bulk";
import { serializeTaskFilters, type TaskFilters, taskFilters } from "@/lib/search-params/tasks";
import { BulkPreview } from "./bulk-preview";
import { BULK_WORDS, PACES } from "./bulk-words";

/** Which tasks: these, or everything that matches the filters of a task list. */
export type BulkDialogSelection = { ids: readonly TaskAddress[] } | { filters: TaskFilters };

/**
 * Does one thing to many tasks: choose what, see what will happen and what not, confirm (by typing it when it is more
 * than a hundred). The server does it in the background; the toast leads to its progress.
 */
export function BulkDialog({
  selection,
  action: initial = "cancel",
  onStarted,
  onClose,
}: {
  selection: BulkDialogSelection;
  action?: BulkAction;
  /** After it was started, as to clear the selection. */
  onStarted?: () => void;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [action, setAction] = useState(initial);
  const [extra, setExtra] = useState("1");
  const [pace, setPace] = useState("200");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  // What was selected when it opened: the page behind goes on changing.
  const [tasks] = useState(() => toInput(selection));
  const preview = useQuery({
    queryKey: ["preview", "bulk", action, tasks],
    queryFn: () => previewBulkAction({ action, ...tasks }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const plan = preview.data?.ok ? preview.data.data : undefined;
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
        "ids" in tasks ? `Act on ${plural(tasks.ids.length, "task")}` : "Act on all that match"
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
              perSecond: pace === "" ? null : Number(pace),
              shown: plan?.eligible.value ?? 0,
              reason,
              ...(action === "retry" && { extraAttempts }),
            }),
          {
            what: "The bulk operation",
            done: ({ bulkId }) => ({
              title: "Under way in the background",
              text: `${words.label}, ${plan ? formatCount(plan.eligible) : ""} tasks`,
              link: { href: bulkPath(bulkId), label: "Follow it" },
            }),
          },
        );
        if (!failure) onStarted?.();
        return failure;
      }}
    >
      <fieldset className="grid gap-2 wide:grid-cols-2">
        <legend className="sr-only">What to do</legend>
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
      <p className="mt-2 text-ink-2">{words.means}</p>
      <BulkPreview
        preview={plan}
        problem={
          preview.data?.ok === false
            ? preview.data.error.message
            : plan && !plan.installed
              ? "Bulk operations keep their state in the dashboard’s own tables, which this database lacks. Install them with npm run db:migrate."
              : preview.error?.message
        }
      />
      <div className="mt-3 flex flex-col gap-2">
        <div className="flex flex-wrap gap-2">
          {action === "retry" && (
            <Field
              label="More attempts each"
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
          <Field label="Pace">
            {(ids) => (
              <Select
                {...ids}
                options={PACES}
                value={pace}
                onChange={(event) => setPace(event.target.value)}
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
  // The page, its size and its columns are no part of what matches.
  const { limit, cursor, columns } = taskFilters();
  return { filters: serializeTaskFilters({ ...selection.filters, limit, cursor, columns }) };
}

/** What has to be typed; nothing for small numbers. Without an exact number it is all of them. */
function toPhrase(label: string, eligible: { value: number; precision: string }) {
  const verb = label.toLowerCase();
  if (eligible.precision !== "exact") return `${verb} all`;
  return eligible.value >= TYPED_FROM ? `${verb} ${eligible.value}` : undefined;
}
