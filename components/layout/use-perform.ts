"use client";
import { useQueryClient } from "@tanstack/react-query";
import type { Failure } from "@/components/ui/feedback/outcome-error";
import { showToast } from "@/components/ui/overlay/toast";
import type { ActionResult } from "@/lib/actions/result";

type Words<T> = {
  /** The subject of “… did not happen”. */
  what: string;
  /** The outcome in a toast. */
  done: (data: T) => { title: string; text?: string; link?: { href: string; label: string } };
};

/** What an action may have changed: every read of the engine's and the dashboard's rows, but for exact counts on demand. */
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
 * Runs an action, tells its outcome and brings every figure on the page up to date, whatever the outcome was. Answers
 * why nothing happened, for the dialog that asked.
 */
export function usePerform() {
  const client = useQueryClient();
  return async function perform<T>(
    action: () => Promise<ActionResult<T>>,
    words: Words<T>,
  ): Promise<Failure | undefined> {
    const result = await action().catch(() => undefined);
    await Promise.all(FIGURES.map((noun) => client.invalidateQueries({ queryKey: [noun] })));
    if (!result) return NO_ANSWER;
    if (result.ok) {
      const told = words.done(result.data);
      const text = result.unrecorded
        ? [told.text, "Not recorded: see Audit"].filter(Boolean).join(" · ")
        : told.text;
      showToast({ ...told, text });
      return undefined;
    }
    const { code, message, hint, changed } = result.error;
    const known = changed === false;
    return {
      title: known ? `${words.what} did not happen` : "The outcome is not known",
      message: known ? `${message} Nothing was changed.` : message,
      hint,
      code,
    };
  };
}

/** The request left, no answer came: the only honest thing to say. */
const NO_ANSWER: Failure = {
  title: "The outcome is not known",
  message: "The dashboard’s server did not answer, so this may have happened or not.",
  hint: "Look at the current state before you try again.",
};
