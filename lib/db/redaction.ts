import { EVERYTHING, isRedacting, type RedactionRules } from "@/lib/redaction/rules";
import { getEnvironment } from "./env";
import { getViewer } from "./viewer";

/** What is redacted for the viewer: the configured rules, or everything for a viewer without payloads. */
export function redactionRules(): RedactionRules {
  return getViewer().payloads ? getEnvironment().DASHBOARD_REDACT : EVERYTHING;
}

/** Whether anything is redacted for the viewer. */
export function isViewRedacted(): boolean {
  return isRedacting(redactionRules());
}
