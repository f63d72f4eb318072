import { isRedacting, type RedactionRules, redactEverything } from "@/lib/redaction/rules";
import { getEnvironment } from "./env";
import { getViewer } from "./viewer";

/** What is redacted for the viewer: by the configured rules, and everything for a viewer without payloads. */
export function redactionRules(): RedactionRules {
  const rules = getEnvironment().DASHBOARD_REDACT;
  return getViewer().payloads ? rules : redactEverything(rules);
}

/** Whether anything is redacted for the viewer. */
export function isViewRedacted(): boolean {
  return isRedacting(redactionRules());
}
