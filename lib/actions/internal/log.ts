/** Input fields that identify the target of an action. Other fields may be payloads and are never logged. */
const NAMING = ["queue", "taskId", "runId", "name", "at"] as const;

/** Logs one line of JSON per action to standard output: operator, action, target, outcome and duration. */
export function logAction(entry: {
  name: string;
  operator: string | null;
  outcome: string;
  input: unknown;
  started: number;
}): void {
  const { name, operator, outcome, input, started } = entry;
  const given = typeof input === "object" && input !== null ? Object.entries(input) : [];
  const about = given.flatMap(([key, value]) =>
    NAMING.some((word) => word === key) && typeof value === "string"
      ? [[key, value.slice(0, 200)] as const]
      : [],
  );
  console.info(
    JSON.stringify({
      time: new Date().toISOString(),
      action: name,
      operator,
      outcome,
      ...Object.fromEntries(about),
      milliseconds: Math.round(performance.now() - started),
    }),
  );
}
