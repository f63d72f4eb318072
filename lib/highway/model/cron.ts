const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DAYS = "sun mon tue wed thu fri sat".split(" ");

const FIELDS = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: MONTHS, firstName: 1 },
  { from: 0, to: 7, names: DAYS, firstName: 0 },
] as const;

/** Whether text is a cron expression of five fields: numbers, names, lists, ranges, steps and `*`. */
export function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  return fields.length === FIELDS.length && FIELDS.every((field, i) => isField(fields[i], field));
}

type Field = (typeof FIELDS)[number];

function isField(text: string | undefined, field: Field): boolean {
  return (text ?? "").split(",").every((part) => {
    const [range = "", step, ...more] = part.split("/");
    if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
    if (range === "*") return true;
    const ends = range.split("-").map((end) => toNumber(end, field));
    const [low, high = low] = ends;
    return ends.length <= 2 && low !== undefined && high !== undefined && low <= high;
  });
}

function toNumber(text: string, field: Field): number | undefined {
  const names: readonly string[] = field.names;
  const name = names.indexOf(text.toLowerCase());
  if (name >= 0 && "firstName" in field) return field.firstName + name;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.from && value <= field.to ? value : undefined;
}
