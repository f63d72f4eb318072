import { toMs } from "@/lib/model/instants";
import type { Task } from "@/lib/model/task";
import { parseObject } from "./parse-payload.ts";

export type CancellationPolicy = {
  /** Seconds; `null` when not set. */
  maxDelay: number | null;
  maxDuration: number | null;
  /**
   * A value that the engine cannot cast to a whole number. While the task is active, every claim on its queue
   * fails.
   */
  poison: { field: "max_delay" | "max_duration"; value: string } | null;
};

/** The cancellation policy of a task. Like the engine, it ignores anything but a JSON object. */
export function parseCancellation(task: Task): CancellationPolicy {
  const fields = parseObject(task.cancellation) ?? {};
  const delay = parseSeconds(fields.max_delay);
  const duration = parseSeconds(fields.max_duration);
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
 * When the policy cancels the task: at the first claim on its queue at or after `at` (milliseconds). `max_delay` counts
 * from the spawn until the first start, `max_duration` from the first start and includes sleeps and retries.
 */
export function cancellationDeadline(task: Task): Deadline | null {
  const { maxDelay, maxDuration } = parseCancellation(task);
  if (task.firstStartedAt === null) {
    if (maxDelay === null) return null;
    return { field: "max_delay", seconds: maxDelay, at: toMs(task.enqueuedAt) + maxDelay * 1000 };
  }
  if (maxDuration === null) return null;
  const at = toMs(task.firstStartedAt) + maxDuration * 1000;
  return { field: "max_duration", seconds: maxDuration, at };
}

/** A number, `null` when not set, or the text of a value that is not a whole number. */
function parseSeconds(value: unknown): number | string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^\s*[+-]?\d{1,18}\s*$/.test(text) ? Number(text) : text;
}
