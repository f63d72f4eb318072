import { createHmac } from "node:crypto";
import { isRedacting, type RedactionRules, redactEverything } from "@/lib/redaction/rules";
import { getEnvironment } from "./env";
import { deriveKey } from "./keys";
import { getViewer } from "./viewer";

/** The redaction rules for the viewer: the configured ones, or everything for a viewer without payloads. */
export function redactionRules(): RedactionRules {
  const rules = getEnvironment().DASHBOARD_REDACT;
  return getViewer().payloads ? rules : redactEverything(rules);
}

/** Whether anything is redacted for the viewer. */
export function isViewRedacted(): boolean {
  return isRedacting(redactionRules());
}

/**
 * A digest of a value, for the viewer. While anything is redacted it is keyed, because a digest that anyone can
 * compute would confirm guesses. Equal values still have equal digests.
 */
export function showDigest(purpose: string, digest: string): string {
  if (!isViewRedacted()) return digest;
  return createHmac("sha256", deriveKey(purpose)).update(digest).digest("hex").slice(0, 32);
}
