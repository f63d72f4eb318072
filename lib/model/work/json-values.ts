/** Programs that write or read values recursively fail at a few thousand levels, after a long time. */
const MOST_LEVELS = 1_000;

/**
 * Whether a JSON text has more values, at any depth, than `most`, or is nested more than 1,000 levels deep. An upper
 * bound, for limits: an empty list counts as two. Linear in the text, without parsing it; a text that is not JSON gets
 * any answer.
 */
export function isTooLarge(text: string, most: number): boolean {
  let values = 1;
  let levels = 0;
  const signs = /["[\]{},]/g;
  for (let found = signs.exec(text); found; found = signs.exec(text)) {
    const [sign] = found;
    if (sign === '"') {
      const end = findStringEnd(text, found.index);
      if (end === undefined) return false;
      signs.lastIndex = end;
    } else if (sign === "]" || sign === "}") levels--;
    else {
      if (sign !== ",") levels++;
      if (++values > most || levels > MOST_LEVELS) return true;
    }
  }
  return false;
}

/** The position after the JSON string that starts here; `undefined` if it does not end. */
export function findStringEnd(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return undefined;
}

const BACKSLASH = "\\".charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);
