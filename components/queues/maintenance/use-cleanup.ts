"use client";
import { useRef, useState } from "react";
import { usePerform } from "@/components/layout/use-perform";
import type { FailedOutcome } from "@/components/ui/feedback/outcome-error";
import { cleanUpQueueAction } from "@/lib/actions/queues";
import type { ActionResult } from "@/lib/actions/result";
import { plural } from "@/lib/format";

type Deleted = { tasksDeleted: number; eventsDeleted: number };
type What = { queue: string; ttlSeconds: number; tasks: boolean; events: boolean; reason: string };

/** Runs cleanups one after the other until nothing is left or somebody stops it; `deleted` is the progress. */
export function useCleanup() {
  const perform = usePerform();
  const [deleted, setDeleted] = useState<Deleted | null>(null);
  const stopped = useRef(false);

  async function drain(what: What): Promise<ActionResult<Deleted>> {
    const sum = { tasksDeleted: 0, eventsDeleted: 0 };
    for (;;) {
      const result = await cleanUpQueueAction(what);
      if (!result.ok) return sum.tasksDeleted + sum.eventsDeleted > 0 ? cut(result, sum) : result;
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
    run: (what: What): Promise<FailedOutcome | undefined> => {
      stopped.current = false;
      setDeleted({ tasksDeleted: 0, eventsDeleted: 0 });
      return perform(() => drain(what), {
        failed: "Queue not cleaned up",
        done: (sum) => ({
          title: stopped.current ? "Cleanup stopped" : "Cleaned up",
          text: `${describeDeleted(sum)} deleted`,
        }),
      });
    },
  };
}

/** What was deleted, in words. */
export function describeDeleted({ tasksDeleted, eventsDeleted }: Deleted): string {
  return `${plural(tasksDeleted, "task")} and ${plural(eventsDeleted, "event")}`;
}

/** A later batch failed: the earlier ones are deleted for good, so nobody may say that nothing was changed. */
function cut(
  { error }: { error: Extract<ActionResult<Deleted>, { ok: false }>["error"] },
  sum: Deleted,
): ActionResult<Deleted> {
  const message = `${error.message} Before that, ${describeDeleted(sum)} were deleted.`;
  return { ok: false, error: { ...error, message, changed: "unknown" } };
}
