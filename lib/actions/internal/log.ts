import { IDENTIFYING_KEYS } from "@/lib/audit/record";
import { formatLogLine } from "@/lib/model/log-line";

/**
 * Logs one line of JSON per action to standard output: operator, action, target, outcome and duration. Other fields of
 * the input may be payloads and are never logged.
 */
export function logAction(entry: {
  name: string;
  operator: string | null;
  outcome: string;
  input: unknown;
  started: number;
}): void {
  const { name, operator, outcome, input, started } = entry;
  const given = typeof input === "object" && input !== null ? Object.entries(input) : [];
  const target = given.flatMap(([key, value]) =>
    IDENTIFYING_KEYS.some((name) => name === key) && typeof value === "string"
      ? [[key, value.slice(0, 200)] as const]
      : [],
  );
  console.info(
    formatLogLine({
      action: name,
      operator,
      outcome,
      ...Object.fromEntries(target),
      milliseconds: Math.round(performance.now() - started),
    }),
  );
}
