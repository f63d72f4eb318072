/**
 * A step from the root of a value to one of its parts: the key of an object's member, the index of an array's element,
 * or `null` for every element of an array. A key and an index with the same digits are different steps.
 */
export type Step = string | number | null;

/** A key pattern of a rule: the literal parts between its `*`. A single part must equal the key. */
type KeyPattern = readonly string[];

type Rule = {
  /** Matches the end of a path, key by key, outermost first. */
  keys: readonly KeyPattern[];
  /** The last key with a literal part, which finds values in free text. */
  word: KeyPattern;
  /** Whether `word` alone decides, for any path. */
  anywhere: boolean;
};

/** Which members of JSON values are redacted; none if there are no patterns. */
export type RedactionRules = {
  patterns: readonly Rule[];
  /** The number of keys at the end of a path that the longest rule compares. */
  reach: number;
  /** Whether everything is redacted, at any path. */
  everything: boolean;
};

export const NO_RULES: RedactionRules = { patterns: [], reach: 0, everything: false };

/**
 * The rules for people who may not see payloads: every value is redacted as a whole. Only names, the dashboard's
 * own links among the headers and the name of an error remain, unless these rules redact them too.
 */
export function redactEverything(rules: RedactionRules): RedactionRules {
  return { ...rules, everything: true };
}

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
  "parent_task_id",
  "highway_path",
]);

const KEY = /^[^\s."'[\]{}:,\\]+$/;

/**
 * Parses rules such as `password,*.token,headers.authorization`. A rule is a path of keys, outermost first and
 * separated by dots, that must match the end of a value's path, ignoring case. `*` matches any characters within
 * one key. A path starts with the kind of value (`params`, `headers`, `result`, `error`, `step`, `event`,
 * `inputs`, `tags`, `definition`); elements of arrays have no key. Returns `null` if an entry is invalid.
 */
export function parseRules(text: string): RedactionRules | null {
  const paths = text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
    .map((entry) => entry.split("."));
  if (!paths.every((keys) => keys.every((key) => KEY.test(key)))) return null;
  return {
    patterns: paths.map((path) => {
      const keys = path.map((key) => key.split("*"));
      const last = keys.findLastIndex((key) => key.some(Boolean));
      return {
        keys,
        word: keys[last] ?? ["", ""],
        anywhere:
          (last === keys.length - 1 || last < 0) && path.slice(0, -1).every((key) => key === "*"),
      };
    }),
    reach: Math.max(0, ...paths.map((keys) => keys.length)),
    everything: false,
  };
}

/** Whether a lower-case key matches. Linear in the key, for any number of `*`. */
export function matchesKey(pattern: KeyPattern, key: string): boolean {
  const [first = "", ...others] = pattern;
  const last = others.pop();
  if (last === undefined) return key === first;
  if (!key.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = key.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return key.length - last.length >= at && key.endsWith(last);
}

/**
 * Appends a key to a path and keeps only the keys that rules compare. A dot inside a key separates like one
 * between keys.
 */
export function extendPath(
  rules: RedactionRules,
  path: readonly string[],
  key: string,
): readonly string[] {
  return [...path, ...key.toLowerCase().split(".")].slice(-Math.max(1, rules.reach));
}

/** Whether a rule matches the end of this path, a result of `extendPath`. */
function matchesPath({ patterns }: RedactionRules, path: readonly string[]): boolean {
  return patterns.some(({ keys }) => {
    const skipped = path.length - keys.length;
    return skipped >= 0 && keys.every((key, n) => matchesKey(key, path[skipped + n] ?? ""));
  });
}

/** Whether this member of a value is one of the dashboard's own links. */
function isLink(root: string, depth: number, key: Step): boolean {
  return root === "headers" && depth === 1 && typeof key === "string" && LINKS.has(key);
}

/**
 * A place in a value. Only this code decides, from its steps, whether a place is redacted: `redacted` with
 * everything in it; `named`, one of the names that remain when everything is redacted, if it is a string;
 * otherwise its members decide.
 */
export type Place = {
  root: string;
  depth: number;
  /** Its last keys: those that rules compare. */
  keys: readonly string[];
  verdict: "visible" | "redacted" | "named";
};

/** The place of a whole value. Headers are visible as a whole, so that each of them is decided separately. */
export function rootPlace(rules: RedactionRules, root: string): Place {
  const keys = extendPath(rules, [], root);
  const isRedacted = matchesPath(rules, keys) && root !== "headers";
  return { root, depth: 0, keys, verdict: isRedacted ? "redacted" : "visible" };
}

/** The place one step further. */
export function enterPlace(rules: RedactionRules, place: Place, step: Step): Place {
  const { root } = place;
  const depth = place.depth + 1;
  const keys = typeof step === "string" ? extendPath(rules, place.keys, step) : place.keys;
  const at = { root, depth, keys };
  if (place.verdict === "redacted") return { ...at, verdict: "redacted" };
  if (isLink(root, depth, step)) return { ...at, verdict: rules.everything ? "named" : "visible" };
  const isRedacted = typeof step === "string" && matchesPath(rules, keys);
  const isHeader = root === "headers" && depth === 1 && matchesPath(rules, place.keys);
  if (isRedacted || isHeader) return { ...at, verdict: "redacted" };
  if (!rules.everything) return { ...at, verdict: "visible" };
  const isName = root === "error" && depth === 1 && step === "name";
  return { ...at, verdict: isName ? "named" : "redacted" };
}

/**
 * Whether a path from `root` leads to or into a redacted part. Without steps: whether the value as a whole is
 * redacted.
 */
export function isPathRedacted(
  rules: RedactionRules,
  root: string,
  steps: readonly Step[],
): boolean {
  let place = rootPlace(rules, root);
  for (const step of steps) place = enterPlace(rules, place, step);
  if (rules.everything) return place.verdict !== "named";
  return place.verdict === "redacted";
}

/**
 * Literals in lower case: a JSON text of this kind has a redacted part only if it contains one of them. Without a
 * kind, the same for free text and the JSON in it. An empty literal is contained in any text.
 */
export function listHints({ patterns }: RedactionRules, root = ""): readonly string[] {
  const known = hints.get(patterns) ?? new Map<string, readonly string[]>();
  hints.set(patterns, known);
  let found = known.get(root);
  if (!found) {
    found = patterns.map(({ keys: [outermost = [], ...inner], word }) =>
      matchesKey(outermost, root) && !inner.flat().some(Boolean) ? "" : longest(word),
    );
    known.set(root, found);
  }
  return found;
}

const hints = new WeakMap<RedactionRules["patterns"], Map<string, readonly string[]>>();

function longest(parts: readonly string[]): string {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), "");
}
