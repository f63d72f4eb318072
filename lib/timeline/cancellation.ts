import type { Task } from "@/lib/model/task";
import { toMs } from "./model.ts";
import { readObject } from "./read-json.ts";

export type CancellationPolicy = {
  /** Seconds; `null` when not set. */
  maxDelay: number | null;
  maxDuration: number | null;
  /**
   * A member the engine cannot read as a whole number. While the task is active, every claim on its queue fails.
   */
  poison: { field: "max_delay" | "max_duration"; value: string } | null;
};

/** The cancellation policy of a task; anything but a JSON object is ignored, as the engine does. */
export function readCancellation(task: Task): CancellationPolicy {
  const fields = readObject(task.cancellation) ?? {};
  const delay = readSeconds(fields.max_delay);
  const duration = readSeconds(fields.max_duration);
  const poison =
    typeof delay === "string"
      ? ({ field: "max_delay", value: delay } as const)
      : typeof duration === "string"
        ? ({ field: "max_duration", value: duration } as const)
        : null;
  return {
    maxDelay: typeof delay === "number" ? delay : null,
    maxDuration: typeof duration === "number" ? duration : null,
    poison,
  };
}

export type Deadline = { field: "max_delay" | "max_duration"; seconds: number; at: number };

/**
 * When the policy cancels the task: at the first claim on its queue at or after `at`. Before the first start that is
 * `max_delay` after the spawn, from then on `max_duration` after the first start, sleeps and retries included.
 */
export function cancellationDeadline(task: Task): Deadline | null {
  const { maxDelay, maxDuration } = readCancellation(task);
  if (task.firstStartedAt === null) {
    if (maxDelay === null) return null;
    return { field: "max_delay", seconds: maxDelay, at: toMs(task.enqueuedAt) + maxDelay * 1000 };
  }
  if (maxDuration === null) return null;
  const at = toMs(task.firstStartedAt) + maxDuration * 1000;
  return { field: "max_duration", seconds: maxDuration, at };
}

/** A number, `null` when not set, or the text of a value that is no whole number. */
function readSeconds(value: unknown): number | string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^\s*[+-]?\d{1,18}\s*$/.test(text) ? Number(text) : text;
}
