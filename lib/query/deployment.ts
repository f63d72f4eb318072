import { DEPLOYMENT_HEADER, DEPLOYMENT_ID } from "@/lib/model/deployment";

let outdatedBy: string | null = null;
const listeners = new Set<() => void>();

/** Notes which deployment sent a response. Called for every API response. */
export function noteDeployment(headers: Headers): void {
  const theirs = headers.get(DEPLOYMENT_HEADER);
  if (!theirs || !DEPLOYMENT_ID) return;
  // During a rolling deploy, responses alternate between both versions; a new version, once seen, stays known.
  if (theirs === DEPLOYMENT_ID || outdatedBy !== null) return;
  outdatedBy = theirs;
  for (const notify of listeners) notify();
}

/** The deployment that replaced this page's; `null` while there is none. */
export function getNewDeployment(): string | null {
  return outdatedBy;
}

export function subscribeToDeployment(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
