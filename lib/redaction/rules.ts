/** Which members of JSON values are hidden. Without patterns nothing is. */
export type RedactionRules = {
  patterns: readonly {
    /** Matches the end of a path, its keys in lower case with dots between. */
    path: RegExp;
    /** The last key alone, as the source of an expression over any text. */
    key: string;
    /** Whether the key alone decides, whatever stands around it. */
    anywhere: boolean;
    /** A part of the last key that no text without it can match. */
    hint: string;
  }[];
  /** Keys at the end of a path that a rule can tell apart by. */
  reach: number;
};

export const NO_RULES: RedactionRules = { patterns: [], reach: 0 };

/** Headers the dashboard finds and links tasks by. No rule hides them. */
const LINKS = new Set(["tenant_id", "workflow_run_id", "spawned_from", "forked_from_step"]);

const KEY = /^[^\s."'[\]{}:,\\]+$/;

/**
 * Reads rules such as `password,*.token,headers.authorization`: names of keys, from the outside in with dots between,
 * that the end of a path has to match, whatever its case. `*` is any run of characters of one key. A path begins with
 * what the value is (`params`, `headers`, `result`, `error`, `step`, `event`, `inputs`); elements of arrays have no
 * key. `null` when an entry cannot be read.
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
  };
}

/** What a rule is matched against: the last keys of a path. A dot inside a key separates as one between keys does. */
export function extendPath(rules: RedactionRules, path: readonly string[], key: string): string[] {
  return [...path, ...key.toLowerCase().split(".")].slice(-Math.max(1, rules.reach));
}

/** Whether the member that this path leads to is hidden. `path` is one that `extendPath` gave. */
export function isHiddenMember(rules: RedactionRules, path: readonly string[]): boolean {
  const text = path.join(".");
  return rules.patterns.some((pattern) => pattern.path.test(text));
}

/** Whether this member of a value is one of the dashboard's own links. */
export function isLink(root: string, depth: number, key: string): boolean {
  return root === "headers" && depth === 1 && LINKS.has(key);
}

/** Whether a path from `root` leads to something hidden, or into it. `null` steps are elements of arrays. */
export function isPathHidden(
  rules: RedactionRules,
  root: string,
  steps: readonly (string | null)[],
): boolean {
  let path = extendPath(rules, [], root);
  return steps.some((step, index) => {
    if (step === null) return false;
    path = extendPath(rules, path, step);
    return !isLink(root, index + 1, step) && isHiddenMember(rules, path);
  });
}

/** Whether a JSON text has a key that may be hidden; quick, and never wrong when it says no. */
export function mayHide(rules: RedactionRules, text: string): boolean {
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
