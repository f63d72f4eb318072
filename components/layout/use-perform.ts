"use client";
import { useQueryClient } from "@tanstack/react-query";
import { unstable_isUnrecognizedActionError as isUnknownAction } from "next/navigation";
import type { FailedOutcome } from "@/components/ui/feedback/outcome-error";
import { showToast } from "@/components/ui/overlay/toast";
import type { ActionResult } from "@/lib/actions/result";
import type { Problem } from "@/lib/model/problem";
import { withFreshReads } from "@/lib/query/api";
import { isLive } from "./live/freshness";

type Words<T> = {
  /** Title of a failure, such as "Task not cancelled". */
  failed: string;
  /** Toast shown on success. */
  done: (data: T) => { title: string; text?: string; link?: { href: string; label: string } };
};

/** Delays of the refetches after an action, in milliseconds: workers react within seconds. */
const AGAIN = [300, 1_000, 2_000];

/**
 * Returns a function that runs an action and shows a toast on success. It resolves when the action does: to the
 * failure, for the dialog that started it, or to nothing. After either outcome the page is refetched at once and a few
 * times in the next two seconds.
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
    const live = { predicate: isLive };
    void client.invalidateQueries(live);
    for (const delay of AGAIN)
      setTimeout(() => withFreshReads(() => client.invalidateQueries(live)), delay);
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

/** The server doesn't have this page's action, because it runs another version. Nothing was changed. */
const OTHER_VERSION: Problem = {
  code: "other_version",
  message: "The dashboard was updated, and this page belongs to the version before.",
  hint: "Reload the page and try again.",
  changed: false,
};
