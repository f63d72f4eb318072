/** Programs that write or read values recursively fail at a few thousand levels, after a long time. */
const MOST_LEVELS = 1_000;

/** Members of an object that do not count as those of a large one. */
const FEW_MEMBERS = 100;

/** The largest sizes of a JSON text. Without a number there is no limit. */
export type JsonLimits = {
  /** At any depth. */
  values: number;
  /** Of all lists together. */
  items?: number;
  /** Of all objects together, without the first hundred of each: those of few objects that are large. */
  members?: number;
  /** Within each value on the third level, such as an operator of a workflow. */
  each?: number;
};

/**
 * Whether a JSON text has more values, at any depth, than `most`, or is nested more than 1,000 levels deep. An upper
 * bound, for limits: an empty list counts as two. Linear in the text, without parsing it; a text that is not JSON gets
 * any answer.
 */
export function isTooLarge(text: string, most: number): boolean {
  return findExcess(text, { values: most }) !== null;
}

/** The first limit that a JSON text exceeds, as in `isTooLarge`; more than 1,000 levels count as values. */
export function findExcess(
  text: string,
  { values: most, items: mostItems = most, members: mostMembers = most, each = most }: JsonLimits,
): keyof JsonLimits | null {
  let values = 1;
  let items = 0;
  let large = 0;
  /** The number of values before the last one on the third level. */
  let before = 0;
  /** The members of each open object; `null` for a list. */
  const open: (number | null)[] = [];
  const signs = /["[\]{},]/g;
  for (let found = signs.exec(text); found; found = signs.exec(text)) {
    const [sign] = found;
    if (sign === '"') {
      const end = findStringEnd(text, found.index);
      if (end === undefined) return null;
      signs.lastIndex = end;
    } else if (sign === "]" || sign === "}") open.pop();
    else {
      if (sign !== ",") {
        open.push(sign === "[" ? null : 0);
        if (open.length === 3) before = values;
      }
      if (++values > most || open.length > MOST_LEVELS) return "values";
      if (open.length >= 3 && values - before > each) return "each";
      const members = open.at(-1);
      if (typeof members === "number") {
        open[open.length - 1] = members + 1;
        if (members >= FEW_MEMBERS && ++large > mostMembers) return "members";
      } else if (text[found.index + 1] !== "]" && ++items > mostItems) return "items";
    }
  }
  return null;
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
