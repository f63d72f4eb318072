/** Something about a workflow that is wrong, or probably not meant. */
export type Problem = {
  /** Where: `tasks.load.retry_policy.delay`; empty for the document as a whole. */
  path: string;
  /** Stable word for programs. */
  code: string;
  /** An error keeps the workflow from being run; a warning does not. */
  severity: "error" | "warning";
  /** What is wrong. */
  message: string;
  /** How to mend it. */
  hint?: string;
};

/** The path of a member: names that are plain words with a dot, others quoted in brackets. */
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

/** Whether a workflow with these problems must not be run. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}
