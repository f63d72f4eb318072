/** The JSON values of a task that a path may begin in. `error` is the failure of one of its attempts. */
export const PATH_SOURCES = ["params", "headers", "result", "error"] as const;
export type PathSource = (typeof PATH_SOURCES)[number];

/** A place in a JSON value: keys from the outside in; `null` stands for every element of an array. */
export type JsonPath = { source: PathSource; steps: (string | null)[] };

/** The text between quotation marks, with JSON's own escapes. */
export const QUOTED = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

const BARE_KEY = /[^\s."':<>=[\],\\]+/y;

/** A text between quotation marks, as `QUOTED` reads it. */
export function quote(text: string): string {
  const coded = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/\p{Cc}/gu, coded);
}

/** What matches a sticky pattern at a position, or `undefined`. */
export function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Whether PostgreSQL can hold a text inside a JSON value: neither U+0000 nor half a character. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

/**
 * Reads the path that begins at a position, such as `params.order.id`, `params.items[].sku` or `headers."a.b"`, and
 * says where it ends. `null` when there is none.
 */
export function scanPath(text: string, from: number): { path: JsonPath; end: number } | null {
  const source = PATH_SOURCES.find((word) => text.startsWith(word, from));
  if (!source) return null;
  const steps: (string | null)[] = [];
  let end = from + source.length;
  for (;;) {
    if (text.startsWith("[]", end)) {
      steps.push(null);
      end += 2;
    } else if (text[end] === ".") {
      const quoted = matchAt(QUOTED, text, end + 1);
      const key = quoted ?? matchAt(BARE_KEY, text, end + 1);
      if (key === undefined) return null;
      const name = quoted === undefined ? key : (JSON.parse(quoted) as string);
      if (!isStorable(name)) return null;
      steps.push(name);
      end += 1 + key.length;
    } else return { path: { source, steps }, end };
  }
}

/** Reads a text that is one path and nothing else. */
export function parsePath(text: string): JsonPath | null {
  const scanned = scanPath(text, 0);
  return scanned?.end === text.length ? scanned.path : null;
}

/** The one way to write a path; `parsePath` reads it back. */
export function printPath({ source, steps }: JsonPath): string {
  return source + steps.map((step) => (step === null ? "[]" : `.${printKey(step)}`)).join("");
}

function printKey(key: string): string {
  return matchAt(BARE_KEY, key, 0) === key ? key : quote(key);
}
