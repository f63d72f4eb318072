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
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - escapes - 1] === "\\") escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return undefined;
}
