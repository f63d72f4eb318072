/** Retry strategies as a task stores them: canonical JSON text. */
import { Refusal } from "./refusal";

const DAY = 86400;

type Strategy = {
  kind?: string | null;
  base_seconds?: number;
  factor?: number;
  max_seconds?: number;
};

/**
 * Seconds until the attempt after `attempt`. @throws Refusal AB003 for a strategy that the engine does not accept.
 */
export function retryDelay(text: string | null, attempt: number): number {
  if (text === null) return 0;
  const strategy: Strategy | null = JSON.parse(text);
  if (strategy === null || typeof strategy !== "object")
    throw new Refusal("AB003", "retry_strategy must be a JSON object");
  const kind = strategy.kind ?? "none";
  if (kind === "none") return 0;
  if (kind !== "fixed" && kind !== "exponential")
    throw new Refusal("AB003", `Unsupported retry strategy kind "${kind}"`);
  const base = strategy.base_seconds ?? (kind === "fixed" ? 60 : 30);
  if (base < 0 || base > DAY)
    throw new Refusal("AB003", "retry_strategy.base_seconds must be between 0 and 86400");
  if (kind === "fixed") return base;
  const { factor = 2, max_seconds: max = DAY } = strategy;
  return Math.min(base * factor ** Math.max(attempt - 1, 0), max);
}
