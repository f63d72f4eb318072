const FIELDS = [
  { from: 0, to: 59, names: [], firstName: 0 },
  { from: 0, to: 23, names: [], firstName: 0 },
  { from: 1, to: 31, names: [], firstName: 0 },
  {
    from: 1,
    to: 12,
    names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" "),
    firstName: 1,
  },
  { from: 0, to: 7, names: "sun mon tue wed thu fri sat".split(" "), firstName: 0 },
] as const;
type Field = (typeof FIELDS)[number];

/**
 * Whether text is a cron expression of five fields: numbers, names, lists, ranges, `*`, and steps of the last two.
 * The validator uses this file in browsers, so it does not import the library that computes times.
 */
export function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  return (
    fields.length === FIELDS.length &&
    FIELDS.every((field, index) => expand(fields[index] ?? "", field) !== undefined)
  );
}

/** The maximum length of each month. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a cron expression names only dates that do not exist, such as `0 0 31 2 *`. */
export function isNeverDue(text: string): boolean {
  const [, , days = "", months = "", weekdays] = text.trim().split(/\s+/);
  if (weekdays !== "*" || !isCron(text)) return false;
  const longest = Math.max(
    ...(expand(months, FIELDS[3]) ?? []).map((month) => DAYS[month - 1] ?? 0),
  );
  return (expand(days, FIELDS[2]) ?? []).every((day) => day > longest);
}

/** The numbers that a field of a cron expression selects; `undefined` if it is malformed. */
function expand(text: string, field: Field): number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(",")) {
    const [range = "", step = "1", ...more] = part.split("/");
    if (more.length > 0 || !/^[1-9]\d*$/.test(step)) return undefined;
    if (part.includes("/") && range !== "*" && !range.includes("-")) return undefined;
    const ends =
      range === "*" ? [field.from, field.to] : range.split("-").map((end) => toNumber(end, field));
    const [low, high = low] = ends;
    if (ends.length > 2 || low === undefined || high === undefined || low > high) return undefined;
    for (let number = low; number <= high; number += Number(step)) numbers.push(number);
  }
  return numbers;
}

function toNumber(text: string, field: Field): number | undefined {
  const names: readonly string[] = field.names;
  const name = names.indexOf(text.toLowerCase());
  if (name >= 0) return field.firstName + name;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.from && value <= field.to ? value : undefined;
}
