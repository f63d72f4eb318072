/** An error in a workflow, or a warning about something that is probably not intended. */
export type Problem = {
  /** Path in the document, such as `tasks.load.retry_policy.delay`; empty for the whole document. */
  path: string;
  /** Stable identifier for programs. */
  code: string;
  /** A workflow with errors must not be run. */
  severity: "error" | "warning";
  message: string;
  /** How to fix it. */
  hint?: string;
};

/** The path of a member: a plain word follows a dot, any other key is quoted in brackets. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  const isPlain = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key);
  if (!isPlain) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** One line for a terminal: `error tasks.load.function: must be text (write …)`. */
export function formatProblem({ severity, path, message, hint }: Problem): string {
  return `${severity} ${path === "" ? "" : `${path}: `}${message}${hint ? ` (${hint})` : ""}`;
}

/** Whether there are errors among the problems. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}
