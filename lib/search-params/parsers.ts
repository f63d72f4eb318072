import { createMultiParser, createParser } from "nuqs/server";
import { isUuid, type Uuid } from "@/lib/model/ids";

/**
 * A list in the URL: a repeated key, or items separated by commas. A comma inside an item is escaped as `%2C` before
 * the URL itself is encoded: `a,b%2Cc` means `a` and `b,c`. Duplicates and empty items are dropped.
 */
export const parseAsList = createMultiParser<string[]>({
  parse: (values) => [
    ...new Set(
      values
        .flatMap((value) => value.split(","))
        .filter((item) => item !== "")
        .map((item) => item.replace(/%(2c|25)/gi, (code) => (code === "%25" ? "%" : ","))),
    ),
  ],
  serialize: (items) =>
    items.length === 0
      ? []
      : [items.map((item) => item.replace(/%(?=2c|25)/gi, "%25").replaceAll(",", "%2C")).join(",")],
  eq: (a, b) => a.length === b.length && a.every((item, index) => item === b[index]),
}).withDefault([]);

/** A list with items of a closed vocabulary. One unknown item makes the whole value invalid. */
export function parseAsListOf<const Item extends string>(vocabulary: readonly Item[]) {
  const known = (item: string): item is Item => vocabulary.some((word) => word === item);
  return createMultiParser<Item[]>({
    parse: (values) => {
      const items = parseAsList.parse(values) ?? [];
      return items.every(known) ? items : null;
    },
    serialize: (items) => parseAsList.serialize(items),
    eq: (a, b) => parseAsList.eq(a, b),
  }).withDefault([]);
}

/** At most 200 UUIDs, in lower case. Any other item makes the whole value invalid. */
export const parseAsIds = createMultiParser<Uuid[]>({
  parse: (values) => {
    const ids = (parseAsList.parse(values) ?? []).map((id) => id.toLowerCase());
    return ids.length <= 200 && ids.every(isUuid) ? ids : null;
  },
  serialize: (ids) => parseAsList.serialize(ids),
  eq: (a, b) => parseAsList.eq(a, b),
}).withDefault([]);

/** An instant with a zone, such as `2026-03-02T12:00:00Z`, normalized to UTC with milliseconds. */
export const parseAsInstant = createParser<string>({
  parse: (value) => {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(value))
      return null;
    const time = Date.parse(value);
    return Number.isNaN(time) || time < 0 ? null : new Date(time).toISOString();
  },
  serialize: (value) => value,
});

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time range that ends now, such as `15m`, `24h` or `7d`. */
export const parseAsRange = createParser<string>({
  parse: (value) => (/^[1-9]\d{0,3}[mhd]$/.test(value) ? value : null),
  serialize: (value) => value,
});

/** The length of a range that `parseAsRange` accepted, in milliseconds. */
export function rangeMilliseconds(range: string): number {
  const unit = range.slice(-1) as keyof typeof UNITS;
  return Number(range.slice(0, -1)) * UNITS[unit];
}

/** A prefix of a UUID: at least two characters, lower case, with dashes in their places. */
export const parseAsIdPrefix = createParser<string>({
  parse: (value) => {
    const prefix = value.toLowerCase();
    const shape = "00000000-0000-0000-0000-000000000000".slice(0, prefix.length);
    return prefix.length >= 2 && prefix.replace(/[0-9a-f]/g, "0") === shape ? prefix : null;
  },
  serialize: (value) => value,
});

/** The prefix and suffix of a shortened id. */
export type ShortId = { prefix: string; suffix: string };

/**
 * Parses a shortened id, in lower case: `01a2f6c2…b13a` as lists show it, also with dots or fewer digits, or a
 * prefix of at least eight digits. `null` for anything else.
 */
export function parseShortId(text: string): ShortId | null {
  const [start = "", end, ...rest] = text
    .trim()
    .toLowerCase()
    .split(/…|\.{2,3}/);
  const prefix = parseAsIdPrefix.parse(start);
  if (prefix === null || rest.length > 0) return null;
  if (end === undefined) return prefix.length >= 8 ? { prefix, suffix: "" } : null;
  return prefix.length >= 4 && /^[0-9a-f]{4,12}$/.test(end) ? { prefix, suffix: end } : null;
}

/** Rows per page, 1 to 200. */
export const parseAsLimit = createParser<number>({
  parse: (value) => (/^\d{1,3}$/.test(value) && +value >= 1 && +value <= 200 ? +value : null),
  serialize: String,
}).withDefault(50);
