/** Parts of an input that name what an action is about. Everything else may be a payload and is not logged. */
const NAMING = ["queue", "taskId", "runId", "name", "at"] as const;

/** One line of JSON on standard output for each action: who, what, on what, with which outcome, in how long. */
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
