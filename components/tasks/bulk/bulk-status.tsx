import { Icon } from "@/components/ui/icons/icon";
import type { BulkOperation } from "@/lib/analytics/bulk";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import type { BulkAction, BulkFollowUp, BulkState } from "@/lib/model/rows/bulk";
import { isActive, TASK_STATES, type TaskState } from "@/lib/model/states";

const STATES = {
  collecting: { label: "collecting tasks", icon: "loader-circle", look: "text-running" },
  running: { label: "running", icon: "loader-circle", look: "text-running" },
  done: { label: "done", icon: "circle-check", look: "text-completed" },
  aborted: { label: "aborted", icon: "circle-slash", look: "text-cancelled" },
  failed: { label: "stopped by an error", icon: "octagon-x", look: "text-failed" },
} as const;

/** Icon and label of the state of a bulk operation. */
export function BulkStateLabel({ state }: { state: BulkState }) {
  const { label, icon, look } = STATES[state];
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap align-top", look)}>
      <Icon name={icon} size={14} />
      {label}
    </span>
  );
}

const PARTS = [
  ["done", "fill-completed-solid"],
  ["skipped", "fill-cancelled-solid"],
  ["failed", "fill-failed-solid"],
] as const;

/** `Retry 7 · done`, for the page title. */
export function formatBulkTitle(what: string, state: BulkState): string {
  return `${what} · ${STATES[state].label}`;
}

/** A progress bar by outcome. The numbers are also shown as text next to it. */
export function BulkProgress({ operation }: { operation: BulkOperation }) {
  const { collected, done, skipped, failed, state } = operation;
  const processed = done + skipped + failed;
  const scale = Math.max(collected, 1);
  const starts = { done: 0, skipped: done, failed: done + skipped };
  return (
    <svg
      role="img"
      aria-label={
        state === "collecting"
          ? `${formatNumber(collected)} tasks collected`
          : `${formatNumber(processed)} of ${formatNumber(collected)} tasks`
      }
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      className="h-1.5 w-full rounded-full bg-active"
    >
      {PARTS.map(([part, fill]) => (
        <rect
          key={part}
          x={(starts[part] / scale) * 100}
          width={(operation[part] / scale) * 100}
          height={4}
          className={fill}
        />
      ))}
    </svg>
  );
}

/** The number of followed tasks that have not ended. */
export function countActive(states: BulkFollowUp["states"]): number {
  return TASK_STATES.filter(isActive).reduce((sum, state) => sum + states[state], 0);
}

/** Labels of states after an action, where "completed" alone would be unclear. */
const AFTER: Record<BulkAction, Partial<Record<TaskState, string>>> = {
  retry: { failed: "failed again" },
  "run-again": {},
  "run-now": {},
  cancel: {},
};

/** Display order: settled states first. */
const FOLLOWED = ["completed", "failed", "cancelled", "running", "sleeping", "pending"] as const;

const FILLS: Record<TaskState, string> = {
  pending: "fill-pending-solid",
  running: "fill-running-solid",
  sleeping: "fill-sleeping-solid",
  completed: "fill-completed-solid",
  failed: "fill-failed-solid",
  cancelled: "fill-cancelled-solid",
};

/** The current states of the changed tasks, as a bar and in words. */
export function FollowUpProgress({
  action,
  followUp: { counted, changed, states, gone },
}: {
  action: BulkAction;
  followUp: BulkFollowUp;
}) {
  const words = [
    ...FOLLOWED.flatMap((state) =>
      states[state] > 0 || state === "completed" || state === "failed" || state === "running"
        ? `${formatNumber(states[state])} ${AFTER[action][state] ?? state}`
        : [],
    ),
    ...(gone > 0 ? [`${formatNumber(gone)} no longer exist`] : []),
  ].join(", ");
  let start = 0;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-12 text-ink-2">
        Since then: {words}
        {counted < changed && ` (the newest ${formatNumber(counted)} tasks)`}
      </p>
      <svg
        role="img"
        aria-label={words}
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        className="h-1.5 w-full rounded-full bg-active"
      >
        {FOLLOWED.map((state) => {
          const width = (states[state] / Math.max(counted, 1)) * 100;
          start += width;
          return (
            <rect key={state} x={start - width} width={width} height={4} className={FILLS[state]} />
          );
        })}
      </svg>
    </div>
  );
}
