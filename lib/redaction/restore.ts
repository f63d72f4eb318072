import { parseJson } from "@/lib/absurd/connection/json";
import type { Json } from "@/lib/model/json";
import { type HiddenValue, hideValues, holdsMask, maskNumber } from "./hide";
import { extendPath, isHiddenMember, type RedactionRules } from "./rules";

/** A mask stands where no hidden value can be put back. The message says where and holds no value. */
export class MisplacedMaskError extends Error {
  override readonly name = "MisplacedMaskError";
}

/**
 * An edited document with the hidden values of the one it was made from back in place of their masks. A mask is only
 * accepted where its value stays hidden: at the place it was, or under a key that is hidden as well; so nobody can read
 * a value by moving its mask, and no mask is ever stored.
 *
 * @param original the text the masks were made for; `null` where there was none, and so no mask may be.
 * @throws MisplacedMaskError
 */
export function restoreHidden(
  rules: RedactionRules,
  root: string,
  edited: Json,
  original: string | null,
): Json {
  if (rules.patterns.length === 0) return edited;
  const hidden = original === null ? [] : hideValues(rules, root, parseJson(original)).hidden;
  const visit = (value: Json, keys: string[], path: string): Json => {
    const number = maskNumber(value);
    if (number !== undefined) return unmask(hidden[number - 1], path, isHiddenMember(rules, keys));
    if (typeof value === "string" && holdsMask(value)) return unmask(undefined, path, false);
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

function unmask(found: HiddenValue | undefined, path: string, staysHidden: boolean): Json {
  if (found && (staysHidden || found.path === path)) return found.value as Json;
  const place = path.slice(1).replaceAll("/", ".") || "the whole value";
  throw new MisplacedMaskError(
    found
      ? `The hidden value at ${place} was moved to where it would be seen.`
      : `At ${place} stands the mask of a hidden value, and there is none to put back.`,
  );
}
