import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { ProblemError } from "@/lib/model/problem";

/** Explains why a dialog has nothing to confirm, with a retry button. */
export function PreviewProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const hint = error instanceof ProblemError ? error.hint : undefined;
  return (
    <div role="alert" className="mt-3 flex flex-wrap items-center gap-2">
      <p className="min-w-0 flex-1 break-words text-failed">
        {error.message} {hint}
      </p>
      <Button onClick={onRetry}>
        <Icon name="refresh-cw" size={14} />
        Try again
      </Button>
    </div>
  );
}
