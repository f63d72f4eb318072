"use client";
import { useQueryClient } from "@tanstack/react-query";
import { unstable_isUnrecognizedActionError as isUnknownAction } from "next/navigation";
import type { FailedOutcome } from "@/components/ui/feedback/outcome-error";
import { showToast } from "@/components/ui/overlay/toast";
import type { ActionResult } from "@/lib/actions/result";
import type { Problem } from "@/lib/model/problem";

type Words<T> = {
  /** The title of a refusal, such as "Task not cancelled". */
  failed: string;
  /** The toast of a success. */
  done: (data: T) => { title: string; text?: string; link?: { href: string; label: string } };
};

/** Query keys that an action may have changed: all but the exact counts, which are computed on demand. */
const FIGURES = [
  "task",
  "tasks",
  "queues",
  "events",
  "failures",
  "workers",
  "throughput",
  "latency",
  "workflows",
  "audit",
  "bulk",
];

/**
 * Returns a function that runs an action, shows a toast when it succeeded, and refetches what it may have changed,
 * whatever the outcome. It resolves to the failure, for the dialog that started the action, or to nothing.
 */
export function usePerform() {
  const client = useQueryClient();
  return async function perform<T>(
    action: () => Promise<ActionResult<T>>,
    words: Words<T>,
  ): Promise<FailedOutcome | undefined> {
    const result = await action().catch(
      (error: unknown): { ok: false; error: Problem } | undefined =>
        isUnknownAction(error) ? { ok: false, error: OTHER_VERSION } : undefined,
    );
    await Promise.all(FIGURES.map((noun) => client.invalidateQueries({ queryKey: [noun] })));
    if (!result) return NO_RESPONSE;
    if (!result.ok) {
      const isKnown = result.error.changed === false;
      return { ...result.error, title: isKnown ? words.failed : OUTCOME_UNKNOWN };
    }
    const toast = words.done(result.data);
    const text = result.unrecorded
      ? [toast.text, "Not recorded: see Audit"].filter(Boolean).join(" · ")
      : toast.text;
    showToast({ ...toast, text });
    return undefined;
  };
}

const OUTCOME_UNKNOWN = "Outcome unknown";

/** The request was sent, and no response arrived. */
const NO_RESPONSE: FailedOutcome = {
  title: OUTCOME_UNKNOWN,
  code: "outcome_unknown",
  message: "The dashboard’s server did not respond, so the change may or may not have been made.",
  hint: "Check the current state before you try again.",
  changed: "unknown",
};

/** The server does not know the action of this page: it runs another version, and did nothing. */
const OTHER_VERSION: Problem = {
  code: "other_version",
  message: "The dashboard was updated, and this page belongs to the version before.",
  hint: "Reload the page and try again.",
  changed: false,
};
