import { AsyncLocalStorage } from "node:async_hooks";
import type { Door } from "@/lib/model/access";
import { getDatabase } from "./databases";

/** A part of what a person may see: the tenants' rows in the queues. `null` means all. */
export type ScopePart = {
  /** Patterns of queue names, in which `*` matches any text. */
  queues: readonly string[] | null;
  tenants: readonly string[] | null;
};

/** The person that the audit log names: door and subject identify them, the name is for display. */
export type Actor = {
  name: string;
  door: Door;
  subject: string;
  /** The address that the request came from, if known. */
  address: string | null;
};

/**
 * The person for whom the current work is done. Rows outside their scope are treated as if they did not exist, by
 * `queueTables`, the registry of queues and the dashboard's own tables.
 */
export type Viewer = {
  /** A row is visible if one of the parts includes it. */
  scope: readonly ScopePart[];
  /** Whether users' values are shown at all. */
  payloads: boolean;
  /** Identifies the viewer; absent for the server itself. Visibility does not depend on it. */
  actor?: Actor;
};

/** The server itself, and everyone without a restriction of their own. `DASHBOARD_TENANTS` still applies. */
export const UNRESTRICTED: Viewer = { scope: [{ queues: null, tenants: null }], payloads: true };

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.viewer");
type Shared = { storage: AsyncLocalStorage<Viewer>; assumed: Viewer | undefined };
const shared = globalThis as { [KEY]?: Shared };
shared[KEY] ??= { storage: new AsyncLocalStorage<Viewer>(), assumed: undefined };
const state = shared[KEY];

/** Runs work for this viewer. Anything that the work starts without awaiting it keeps this viewer too. */
export function runAs<T>(viewer: Viewer, work: () => T): T {
  return state.storage.run(viewer, work);
}

/**
 * The viewer of the current work.
 *
 * @throws Error outside `runAs`: a read that no door authorised must not return anything.
 */
export function getViewer(): Viewer {
  const viewer = state.storage.getStore() ?? state.assumed;
  if (!viewer) throw new Error("Nothing may be read or changed before a viewer is authorised.");
  return viewer;
}

/** The viewer for work outside `runAs`, in programs without requests such as tests and benchmarks. */
export function assumeViewer(viewer: Viewer | undefined): void {
  state.assumed = viewer;
}

/**
 * A key that is equal for viewers who see the same rows of the same database: part of the key of every shared
 * result.
 */
export function viewerKey(): string {
  const { scope, payloads } = getViewer();
  return JSON.stringify([getDatabase().name, scope, payloads]);
}

/** Whether rows of this queue may be visible to the viewer. */
export function isQueueVisible(queue: string): boolean {
  return getViewer().scope.some((part) => matchesQueue(part, queue));
}

/** Whether this part of a scope includes the queue. */
export function matchesQueue({ queues }: ScopePart, queue: string): boolean {
  return queues === null || queues.some((pattern) => matchesPattern(pattern, queue));
}

/** Whether a text matches a pattern in which `*` matches any text. Takes linear time for each `*`. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === pattern;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return at <= end;
}

/** The same pattern for SQL's `like`. */
export function likePattern(pattern: string): string {
  return pattern.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%");
}
