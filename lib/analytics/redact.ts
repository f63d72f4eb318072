import { getEnvironment } from "@/lib/db/env";
import { hideText, maskOf } from "@/lib/redaction/hide";
import { isPathHidden, type RedactionRules } from "@/lib/redaction/rules";
import { scrubText } from "@/lib/redaction/scrub";

/** What a JSON value is. A path that a rule of redaction is matched with begins with it. */
export type PayloadRoot =
  | "params"
  | "headers"
  | "result"
  | "error"
  | "step"
  | "event"
  | "inputs"
  | "tags"
  | "definition";

/** The configured rules. Everything of a user's that leaves the server passes by them. */
export function redactionRules(): RedactionRules {
  return getEnvironment().DASHBOARD_REDACT;
}

/** Whether the configuration hides anything at all. */
export function isRedacting(): boolean {
  return redactionRules().patterns.length > 0;
}

/** A JSON text as it may be shown, and how many values of it are hidden. */
export function redact(root: PayloadRoot, text: string): { text: string; hidden: number } {
  return hideText(redactionRules(), root, text);
}

/** A member of an error as it may be shown: `null` stays, a hidden one is masked, others lose what looks hidden. */
export function redactErrorPart<Text extends string | null>(
  member: "name" | "message",
  text: Text,
): Text {
  if (text === null || !isRedacting()) return text;
  const rules = redactionRules();
  const shown = isPathHidden(rules, "error", [member]) ? maskOf(1) : scrubText(rules, text);
  return shown as Text;
}
