/** Characters of the first line that are kept. The first line states what happened, later lines where. */
const LENGTH = 200;
/** Characters of a text that are searched: a word without digits takes quadratic time. */
const MOST = 2_000;

const TOKEN = new RegExp(
  [
    /"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/, // quoted
    /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/, // UUID
    /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/, // date, instant
    /(?<!\w)\d+(?:[.,:]\d+)*(?:[mun]?s|min|[hd]|[kMG]?i?B|%)?(?!\w)/, // number
    /\w*\d\w*/, // any other word with a digit in it
  ]
    .map((part) => `(${part.source})`)
    .join("|"),
  "gi",
);

/**
 * The key of an error group: the first line of an error's message with quoted values, ids, hexadecimal, instants
 * and numbers replaced by placeholders. Messages that differ only in such values have the same fingerprint. The
 * result has no ASCII digit and at most 200 characters.
 *
 * A message that is just one quoted name (as Python's `KeyError` writes it) keeps the name, because nothing else
 * distinguishes such errors.
 */
export function fingerprint(message: string): string {
  const line =
    message
      .trim()
      .slice(0, MOST)
      .split(/[\r\n]/, 1)[0] ?? "";
  const bare = /^(['"`])[^\d'"`]+\1$/.test(line);
  const pattern = bare ? line : line.replace(TOKEN, describe);
  const compact = pattern.replace(/\s+/g, " ").trim();
  return compact.length > LENGTH ? `${compact.slice(0, LENGTH - 1)}…` : compact;
}

const VARIES =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d{6,}(?:\.\d+)?/gi;

/**
 * The key of an error group whose errors are values without a message, such as `{"error": "connection refused"}`
 * or a number: the JSON text without ids, instants and long numbers, at most 200 characters. All other characters
 * count.
 */
export function fingerprintValue(json: string): string {
  const compact = json
    .slice(0, MOST)
    .replace(VARIES, (token) =>
      /^\d+(\.\d+)?$/.test(token)
        ? "<n>"
        : /-\d\d-/.test(token) && token.length < 36
          ? "<time>"
          : "<id>",
    )
    .replace(/\s+/g, " ")
    .trim();
  return compact.length > LENGTH ? `${compact.slice(0, LENGTH - 1)}…` : compact;
}

function describe(
  token: string,
  quoted: string | undefined,
  uuid: string | undefined,
  instant: string | undefined,
  number: string | undefined,
): string {
  if (quoted) return `${quoted[0]}…${quoted[0]}`;
  if (uuid) return "<id>";
  if (instant) return "<time>";
  if (number) return `<n>${number.replace(/^[\d.,:]+/, "")}`;
  return /^(0x)?[0-9a-f]{6,}$/i.test(token) ? "<hex>" : "<id>";
}
