import { findErrorCode } from "@/lib/model/sqlstate";

/** The first and the longest interval at which the line is repeated, in milliseconds. */
const FIRST_MS = 60_000;
const LAST_MS = 3_600_000;

/** The delay before the first retry and the longest one, in milliseconds. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export type OutageLog = {
  /** Reports a failure. Returns how long to wait before the next try, in milliseconds. */
  failed: (error: unknown) => number;
  /** Reports that it works. */
  recovered: () => void;
};

/**
 * Logs an outage as one line at its start, one at its end, and some in between at growing intervals, instead of
 * one for each try. Messages of drivers may hold SQL and values, so only the class and the code are logged.
 */
export function createOutageLog(
  what: string,
  log: (line: string) => void = (line) => console.error(line),
): OutageLog {
  let since: number | undefined;
  let failures = 0;
  let nextLine = 0;
  let distance = FIRST_MS;
  return {
    failed: (error) => {
      const now = performance.now();
      since ??= now;
      failures++;
      if (now >= nextLine) {
        const { name } = error instanceof Error ? error : { name: typeof error };
        log(JSON.stringify({ outage: what, error: name, code: findErrorCode(error), failures }));
        distance = failures === 1 ? FIRST_MS : Math.min(distance * 2, LAST_MS);
        nextLine = now + distance;
      }
      return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
    },
    recovered: () => {
      if (since === undefined) return;
      const seconds = Math.round((performance.now() - since) / 1_000);
      log(JSON.stringify({ recovered: what, seconds, failures }));
      since = undefined;
      failures = 0;
      nextLine = 0;
    },
  };
}
