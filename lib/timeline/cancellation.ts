import { toMs } from "@/lib/model/instants";
import type { Payload } from "@/lib/model/json";
import type { Task } from "@/lib/model/task";
import { parseObject } from "./parse-payload.ts";

export type CancellationPolicy = {
  /** Seconds; `null` when not set. */
  maxDelay: number | null;
  maxDuration: number | null;
  /**
   * A value that the engine cannot cast to a whole number of 64 bits. While the task is active, every claim on its queue
   * fails.
   */
  poison: { field: "max_delay" | "max_duration"; value: string } | null;
};

/** The cancellation policy of a task. Like the engine, it ignores anything but a JSON object. */
export function parseCancellation(task: Task): CancellationPolicy {
  const fields = parseFields(task.cancellation);
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

/** The members of a policy; numbers as PostgreSQL prints them, or as near to it as the runtime knows. */
function parseFields(policy: Payload): Record<string, unknown> {
  if (!parseObject(policy)) return {};
  const exact = (key: string, value: unknown, context?: { source?: string }) => {
    if (typeof value !== "number" || !key.startsWith("max_")) return value;
    const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
    return context?.source ?? (isRounded ? `${BigInt(value)}` : `${value}`);
  };
  return JSON.parse(policy?.text ?? "{}", exact) as Record<string, unknown>;
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

const SPACE = String.raw`[ \t\n\v\f\r]*`;
const WHOLE_NUMBER = new RegExp(`^${SPACE}([+-]?)(\\d+)${SPACE}$`);
/** Forms that PostgreSQL casts to a whole number since version 16. */
const NEW_FORM = new RegExp(
  `^${SPACE}[+-]?(0x[\\da-f]+|0o[0-7]+|0b[01]+|\\d+(_\\d+)+)${SPACE}$`,
  "i",
);
/** A runtime without the text of numbers rounds the largest one to this. */
const BEYOND = 2n ** 63n;

/**
 * A number; `null` when not set, or if it depends on PostgreSQL's version whether the value can be cast; the text of
 * a value that cannot be cast to a whole number of 64 bits.
 */
function parseSeconds(value: unknown): number | string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const [, sign = "", digits] = WHOLE_NUMBER.exec(text) ?? [];
  if (digits === undefined) return NEW_FORM.test(text) ? null : text;
  const seconds = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return -BEYOND <= seconds && seconds <= BEYOND ? Number(seconds) : text;
}
