/**
 * `error`: the dashboard cannot work. `warning`: it works, but something is missing, or is or will become a
 * problem, or could not be checked. `skipped`: does not apply.
 */
export type Verdict = "ok" | "warning" | "error" | "skipped";

/** One thing that was checked. */
export type Check = {
  /** A stable name for scripts. */
  id: string;
  verdict: Verdict;
  /** What was found, as a sentence. */
  message: string;
  /** What to do about it, as a sentence; commands are in backticks. */
  hint?: string;
};

export type Report = {
  /** The worst verdict of the checks. */
  verdict: Exclude<Verdict, "skipped">;
  checks: Check[];
};

/** Completes a report from its checks. */
export function summarize(checks: Check[]): Report {
  const has = (verdict: Verdict) => checks.some((check) => check.verdict === verdict);
  return { verdict: has("error") ? "error" : has("warning") ? "warning" : "ok", checks };
}
