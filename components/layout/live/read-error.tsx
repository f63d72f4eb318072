"use client";
import { ErrorState } from "@/components/ui/feedback/error-state";
import { Button, buttonClass } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import type { ErrorCode } from "@/lib/model/problem";
import { ApiError } from "@/lib/query/api";

const TITLES: Partial<Record<ErrorCode, string>> = {
  bad_request: "This address asks for something that cannot be read",
  forbidden: "You may not see this",
  queue_not_found: "There is no such queue",
  task_not_found: "There is no such task",
  workflow_run_not_found: "There is no such workflow run",
  definition_not_found: "There is no such definition",
  bulk_not_found: "There is no such bulk operation",
  no_schema: "This database has no absurd schema",
  database_unavailable: "Nothing to show without the database",
  timed_out: "The database took too long",
  conflict: "The database was busy with something else",
  network: "Nothing to show without the server",
};

/** Where the way on leads from something that is not there. */
const LISTS: Partial<Record<ErrorCode, [href: string, label: string]>> = {
  workflow_run_not_found: ["/workflows", "See all runs"],
  definition_not_found: ["/workflows?view=definitions", "See all definitions"],
  bulk_not_found: ["/bulk", "See all operations"],
};

/** Why a room has nothing to show, and the way on. */
export function ReadError({
  error,
  onRetry,
  heading = "h2",
}: {
  error: Error;
  onRetry: () => void;
  heading?: "h1" | "h2";
}) {
  const known = error instanceof ApiError ? error : undefined;
  const lost = known?.status === 404 || known?.status === 400;
  const [list, label] = (known && LISTS[known.code]) ?? ["/queues", "See all queues"];
  const title = (known && TITLES[known.code]) ?? "This could not be read";
  return (
    <div data-read-error>
      <ErrorState
        heading={heading}
        title={title}
        message={
          known
            ? known.message !== `${title}.` && known.message
            : "Something went wrong in this page. Nothing was changed."
        }
        hint={known?.hint && <Ticked text={known.hint} />}
        code={known ? `${known.code}${known.status ? ` (${known.status})` : ""}` : undefined}
        actions={
          <>
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

/** A hint whose commands stand between backticks. */
function Ticked({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      <code key={part} className="mono">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
