import { Link } from "@/components/ui/text/link";
import { cn } from "@/lib/cn";
import { formatNumber } from "@/lib/format";
import type { FailureGroup, FailureOutcomes } from "@/lib/model/rows/failure";
import { CUT_NAME } from "@/lib/model/rows/shown-name";
import type { TaskState } from "@/lib/model/states";
import { groupTasksPath } from "./paths";

type Outcome = {
  key: keyof FailureOutcomes;
  word: string;
  title: string;
  tone: string;
  states: TaskState[];
};

const OUTCOMES: readonly Outcome[] = [
  {
    key: "exhausted",
    word: "failed",
    title: "No attempts left",
    tone: "font-medium text-failed",
    states: ["failed"],
  },
  {
    key: "refused",
    word: "not retried",
    title: "Failed with attempts left, as with an invalid retry strategy",
    tone: "font-medium text-failed",
    states: ["failed"],
  },
  {
    key: "retrying",
    word: "retrying",
    title: "Another attempt is pending, sleeping or running",
    tone: "text-pending",
    states: ["pending", "running", "sleeping"],
  },
  {
    key: "recovered",
    word: "recovered",
    title: "Completed by a later attempt",
    tone: "text-ink-2",
    states: ["completed"],
  },
  {
    key: "cancelled",
    word: "cancelled",
    title: "Cancelled after the failure",
    tone: "text-ink-2",
    states: ["cancelled"],
  },
];

/**
 * Current states of the tasks that a group has in the page's time range, with their counts. Each links to the list of
 * all tasks with the error, unless the name is cut: the list cannot be filtered by the time of a failure.
 */
export function Outcomes({
  group,
  tenant,
  className,
}: {
  group: Omit<FailureGroup, "samples">;
  /** The tenants whose tasks are counted; none for all. */
  tenant: readonly string[];
  className?: string;
}) {
  return (
    <span className={cn("flex flex-wrap gap-x-2 text-12", className)}>
      {OUTCOMES.filter(({ key }) => group.tasks[key] > 0).map(
        ({ key, word, title, tone, states }) => {
          const href = groupTasksPath(group, states, [...tenant]);
          const text = `${formatNumber(group.tasks[key])} ${word}`;
          return href === null ? (
            <span
              key={key}
              data-tip={`${title}. ${CUT_NAME}`}
              className={cn("relative z-1 whitespace-nowrap", tone)}
            >
              {text}
            </span>
          ) : (
            <Link
              key={key}
              href={href}
              data-tip={`${title}. The list has tasks of any time.`}
              className={cn("relative z-1 whitespace-nowrap hover:underline", tone)}
            >
              {text}
              <span className="sr-only"> of {group.taskName}</span>
            </Link>
          );
        },
      )}
    </span>
  );
}
