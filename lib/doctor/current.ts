import "server-only";
import { getEnvironment } from "@/lib/db/env";
import { getTenants } from "@/lib/db/tenants";
import { getViewer } from "@/lib/db/viewer";
import { examine } from "./examine";
import type { Report } from "./report";
import { summarize } from "./report";

/** How long a report is shared, in milliseconds: it opens connections, and people reload while they wait. */
const SHARED_MS = 5_000;

let last: { at: number; report: Promise<Report> } | undefined;

/**
 * What the doctor finds now, at most five seconds old. A viewer with a restricted scope gets the connection alone, since the
 * other checks name queues.
 */
export async function getReport(): Promise<Report> {
  const { DATABASE_URL, DATABASE_READ_URL } = getEnvironment();
  if (!last || Date.now() - last.at > SHARED_MS)
    last = { at: Date.now(), report: examine(DATABASE_URL, DATABASE_READ_URL) };
  const report = await last.report;
  const isRestricted =
    getTenants() !== null ||
    getViewer().scope.every(({ queues, tenants }) => queues !== null || tenants !== null);
  if (!isRestricted) return report;
  return summarize(report.checks.filter(({ id }) => id.endsWith("connection")));
}
