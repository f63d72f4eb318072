import "server-only";
import { getDatabase } from "@/lib/db/databases";
import { getTenants } from "@/lib/db/tenants";
import { getViewer } from "@/lib/db/viewer";
import { examine } from "./examine";
import type { Report } from "./report";
import { summarize } from "./report";

/** How long a report is shared, in milliseconds: it opens connections, and people reload while they wait. */
const SHARED_MS = 5_000;

/** The last report of each database, by its name. */
const reports = new Map<string, { at: number; report: Promise<Report> }>();

/**
 * The doctor's current findings, at most five seconds old. A viewer with a restricted scope receives only the
 * checks of the connection, because the others name queues.
 */
export async function getReport(): Promise<Report> {
  const { name, url, readUrl } = getDatabase();
  let last = reports.get(name);
  if (!last || Date.now() - last.at > SHARED_MS) {
    last = { at: Date.now(), report: examine(url, readUrl) };
    reports.set(name, last);
  }
  const report = await last.report;
  const isRestricted =
    getTenants() !== null ||
    getViewer().scope.every(({ queues, tenants }) => queues !== null || tenants !== null);
  if (!isRestricted) return report;
  return summarize(report.checks.filter(({ id }) => id.endsWith("connection")));
}
