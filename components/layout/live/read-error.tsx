"use client";
"use no memo";
import { ErrorState } from "@/components/ui/feedback/error-state";
import { Button, buttonClass } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { Ticked } from "@/components/ui/text/ticked";
import { isNotFound, type ProblemCode, ProblemError } from "@/lib/model/problem";

const TITLES: Partial<Record<ProblemCode, string>> = {
  bad_request: "Invalid link",
  forbidden: "No permission to view this",
  queue_not_found: "Queue not found",
  task_not_found: "Task not found",
  workflow_run_not_found: "Workflow run not found",
  definition_not_found: "Workflow definition not found",
  bulk_not_found: "Bulk operation not found",
  no_schema: "No absurd schema in this database",
  database_unavailable: "Database unavailable",
  timed_out: "Query timed out",
  conflict: "Query conflicted with another transaction",
  internal: "Request failed inside the dashboard",
  network: "Dashboard server unreachable",
};

/** The list to offer when an object isn't found. */
const LISTS: Partial<Record<ProblemCode, [href: string, label: string]>> = {
  workflow_run_not_found: ["/workflows", "See all runs"],
  definition_not_found: ["/workflows?view=definitions", "See all definitions"],
  bulk_not_found: ["/bulk", "See all operations"],
};

/** Explains why a section has no data, and what to do next. */
export function ReadError({
  error,
  onRetry,
  heading = "h2",
}: {
  error: Error;
  onRetry: () => void;
  heading?: "h1" | "h2";
}) {
  const known = error instanceof ProblemError ? error : undefined;
  const lost = isNotFound(error) || known?.code === "bad_request";
  const [list, label] = (known && LISTS[known.code]) ?? ["/queues", "See all queues"];
  const title = (known && TITLES[known.code]) ?? "Data could not be loaded";
  return (
    <div data-read-error>
      <ErrorState
        heading={heading}
        title={title}
        message={
          known
            ? known.message !== `${title}.` && known.message
            : "The page hit an unexpected error while loading data. Nothing was changed."
        }
        hint={known?.hint && <Ticked text={known.hint} />}
        code={known?.code}
        actions={
          <>
            {known?.code === "no_schema" && (
              <Link href="/start" className={buttonClass("primary")}>
                Get started
              </Link>
            )}
            {lost && (
              <Link href={list} className={buttonClass("primary")}>
                {label}
              </Link>
            )}
            <Button onClick={onRetry}>
              <Icon name="refresh-cw" size={14} />
              Try again
            </Button>
          </>
        }
      />
    </div>
  );
}
