import type { Payload } from "@/lib/model/json";
import { formatDuration } from "../format.ts";
import { parseJson } from "./parse-payload.ts";

/** The engine's maximum delay: one day. */
const LIMIT_SECONDS = 86_400;

export type RetryDelay = { seconds: number } | { invalid: string };

/**
 * Seconds between the failure of attempt `attempt` and its retry, by the rules of `absurd.retry_delay_seconds` in
 * schema 0.5.0. A strategy that the function rejects is `invalid`, with its message: the task then fails at the
 * next failure even if attempts are left.
 */
export function retryDelaySeconds(strategy: Payload, attempt: number): RetryDelay {
  if (strategy === null) return { seconds: 0 };
  const value = parseJson(strategy);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { invalid: "retry_strategy must be a JSON object" };
  const fields = value as Record<string, unknown>;
  const kind = fields.kind === undefined || fields.kind === null ? "none" : asText(fields.kind);
  if (kind === "none") return { seconds: 0 };
  if (kind !== "fixed" && kind !== "exponential")
    return { invalid: `Unsupported retry strategy kind "${kind}"` };

  const base = parseDouble(fields.base_seconds, kind === "fixed" ? 60 : 30);
  if (base === null) return INVALID_NUMBER;
  if (!withinLimit(base)) return outOfRange("base_seconds");
  if (kind === "fixed") return { seconds: base };

  const factor = parseDouble(fields.factor, 2);
  if (factor === null) return INVALID_NUMBER;
  if (!(factor >= 0 && factor < Number.POSITIVE_INFINITY))
    return { invalid: "retry_strategy.factor must be a finite non-negative number" };
  const max = parseDouble(fields.max_seconds, LIMIT_SECONDS);
  if (max === null) return INVALID_NUMBER;
  if (!withinLimit(max)) return outOfRange("max_seconds");
  if (base === 0) return { seconds: 0 };
  return { seconds: Math.min(base * factor ** Math.max(attempt - 1, 0), max) };
}

/** The strategy in a few words: `exponential 30 s × 2, at most 5 min`. `null` where retries are immediate. */
export function describeStrategy(strategy: Payload): string | null {
  const first = retryDelaySeconds(strategy, 1);
  if ("invalid" in first) return "invalid strategy";
  const fields = parseJson(strategy) as Record<string, unknown> | undefined;
  if (fields?.kind === "fixed") return `fixed ${formatDuration(first.seconds * 1000)}`;
  if (fields?.kind !== "exponential") return null;
  const base = parseDouble(fields.base_seconds, 30) ?? 0;
  const most = parseDouble(fields.max_seconds, LIMIT_SECONDS) ?? LIMIT_SECONDS;
  const cap = most < LIMIT_SECONDS ? `, at most ${formatDuration(most * 1000)}` : "";
  return `exponential ${formatDuration(base * 1000)} × ${parseDouble(fields.factor, 2)}${cap}`;
}

const INVALID_NUMBER = { invalid: "retry_strategy contains an invalid number" };

function outOfRange(field: string): RetryDelay {
  return { invalid: `retry_strategy.${field} must be between 0 and ${LIMIT_SECONDS}` };
}

function withinLimit(value: number): boolean {
  return value >= 0 && value <= LIMIT_SECONDS;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/**
 * Casts like PostgreSQL's `double precision` from JSON text: strings are accepted, booleans are not, and a value out of
 * range is an error (`null`).
 */
function parseDouble(value: unknown, fallback: number): number | null {
  if (value === undefined || value === null) return fallback;
  const text = asText(value).trim();
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!NUMBER.test(text)) return null;
  const number = Number(text);
  const underflow = number === 0 && /[1-9]/.test(text.replace(/e.*$/i, ""));
  return Number.isFinite(number) && !underflow ? number : null;
}
