import { parseJson } from "@/lib/absurd/connection/json";
import type { Json } from "@/lib/model/json";
import { containsMask, parseMask, type RedactedValue, redactValues } from "./redact";
import { extendPath, isRedactedMember, isRedacting, type RedactionRules } from "./rules";

/** A mask at a place where no redacted value can be restored. The message has the place and no value. */
export class MisplacedMaskError extends Error {
  override readonly name = "MisplacedMaskError";
}

/**
 * Replaces the masks in an edited document by the redacted values of the original. A mask is accepted only where its value
 * stays redacted: at its original place, or under a redacted key. So a value cannot be revealed by moving its mask, and a
 * mask is never stored.
 *
 * @param original the text before redaction; `null` if there is none, and then no mask is accepted.
 * @throws MisplacedMaskError for a mask that is not accepted.
 */
export function restoreRedacted(
  rules: RedactionRules,
  root: string,
  edited: Json,
  original: string | null,
): Json {
  if (!isRedacting(rules)) return edited;
  const redacted = original === null ? [] : redactValues(rules, root, parseJson(original)).redacted;
  const visit = (value: Json, keys: string[], path: string): Json => {
    const number = parseMask(value);
    if (number !== undefined)
      return unmask(redacted[number - 1], path, isRedactedMember(rules, keys));
    if (typeof value === "string" && containsMask(value)) return unmask(undefined, path, false);
    if (value === null || typeof value !== "object") return value;
    const members = value as Record<string, Json>;
    for (const key of Object.keys(members)) {
      const inner = Array.isArray(value) ? keys : extendPath(rules, keys, key);
      const restored = visit(members[key] as Json, inner, `${path}/${key}`);
      if (restored !== members[key]) members[key] = restored;
    }
    return value;
  };
  return visit(edited, extendPath(rules, [], root), "");
}

function unmask(found: RedactedValue | undefined, path: string, staysRedacted: boolean): Json {
  if (found && (staysRedacted || found.path === path)) return found.value as Json;
  const place = path.slice(1).replaceAll("/", ".") || "the whole value";
  throw new MisplacedMaskError(
    found
      ? `The redacted value at ${place} was moved to where it would be visible.`
      : `There is a mask at ${place}, but no redacted value to restore.`,
  );
}
