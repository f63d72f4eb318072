/** Which members of JSON values are redacted. Without patterns, none. */
export type RedactionRules = {
  patterns: readonly {
    /** Matches the end of a path, its keys in lower case with dots between. */
    path: RegExp;
    /** The last key alone, as the source of an expression over any text. */
    key: string;
    /** Whether the key alone decides, whatever the rest of the path. */
    anywhere: boolean;
    /** A literal part of the last key: a text without it cannot match. */
    hint: string;
  }[];
  /** The number of keys at the end of a path that the longest rule looks at. */
  reach: number;
  /** Whether everything is redacted, whatever its path. */
  everything: boolean;
};

export const NO_RULES: RedactionRules = { patterns: [], reach: 0, everything: false };

/**
 * For people who may not see payloads: every value is redacted as a whole. What remains are names: the dashboard's own
 * links among the headers, and the name of an error.
 */
export const EVERYTHING: RedactionRules = { ...NO_RULES, everything: true };

/** Whether these rules redact anything. */
export function isRedacting(rules: RedactionRules): boolean {
  return rules.everything || rules.patterns.length > 0;
}

/** Headers by which the dashboard finds and links tasks. They are never redacted. */
export const LINKS: ReadonlySet<string> = new Set([
  "tenant_id",
  "workflow_run_id",
  "spawned_from",
  "forked_from_step",
]);

const KEY = /^[^\s."'[\]{}:,\\]+$/;

/**
 * Parses rules such as `password,*.token,headers.authorization`. A rule is a path of keys, outermost first and separated by
 * dots, that must match the end of a value's path, ignoring case. `*` matches any characters within one key. A path begins
 * with the kind of value (`params`, `headers`, `result`, `error`, `step`, `event`, `inputs`, `tags`, `definition`); elements
 * of arrays have no key. Returns `null` if an entry is invalid.
 */
export function parseRules(text: string): RedactionRules | null {
  const paths = text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
    .map((entry) => entry.split("."));
  if (!paths.every((keys) => keys.every((key) => KEY.test(key)))) return null;
  return {
    patterns: paths.map((keys) => ({
      path: new RegExp(`(?:^|\\.)${keys.map(glob("[^.]*")).join("\\.")}$`),
      key: glob("[\\w-]*")(keys.at(-1) ?? ""),
      anywhere: keys.slice(0, -1).every((key) => key === "*"),
      hint: longest((keys.at(-1) ?? "").split("*")),
    })),
    reach: Math.max(0, ...paths.map((keys) => keys.length)),
    everything: false,
  };
}

/** Appends a key to a path and keeps the keys that rules look at. A dot inside a key separates like one between keys. */
export function extendPath(rules: RedactionRules, path: readonly string[], key: string): string[] {
  return [...path, ...key.toLowerCase().split(".")].slice(-Math.max(1, rules.reach));
}

/** Whether the member at this path, a result of `extendPath`, is redacted. */
export function isRedactedMember(rules: RedactionRules, path: readonly string[]): boolean {
  if (rules.everything) return true;
  const text = path.join(".");
  return rules.patterns.some((pattern) => pattern.path.test(text));
}

/** Whether this member of a value is one of the dashboard's own links. */
export function isLink(root: string, depth: number, key: string): boolean {
  return root === "headers" && depth === 1 && LINKS.has(key);
}

/** Whether a path from `root` leads to a redacted member, or into one. A step of `null` is any element of an array. */
export function isPathRedacted(
  rules: RedactionRules,
  root: string,
  steps: readonly (string | null)[],
): boolean {
  if (rules.everything) return !isNamePath(root, steps);
  let path = extendPath(rules, [], root);
  return steps.some((step, index) => {
    if (step === null) return false;
    path = extendPath(rules, path, step);
    return !isLink(root, index + 1, step) && isRedactedMember(rules, path);
  });
}

/** Whether a path leads to one of the names that remain when everything is redacted. */
function isNamePath(root: string, [first, ...deeper]: readonly (string | null)[]): boolean {
  if (typeof first !== "string" || deeper.length > 0) return false;
  return isLink(root, 1, first) || (root === "error" && first === "name");
}

/** Whether a JSON text may have a redacted key. A fast filter: `false` is always right. */
export function mayContainRedacted(rules: RedactionRules, text: string): boolean {
  if (rules.everything) return true;
  if (rules.patterns.length === 0) return false;
  if (text.includes("\\u")) return true;
  const lower = text.toLowerCase();
  return rules.patterns.some(({ hint }) => lower.includes(hint));
}

function longest(parts: string[]): string {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), "");
}

function glob(any: string): (key: string) => string {
  return (key) =>
    key
      .split("*")
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join(any);
}
