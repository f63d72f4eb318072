/** A UUID as lower-case canonical text. Task and run ids are UUIDv7, so they sort by creation time. */
export type Uuid = string;

/** Matches the canonical text of one UUID, in either case. Use it inside a larger pattern by `.source`. */
export const UUID_PATTERN = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

const WHOLE_UUID = new RegExp(`^${UUID_PATTERN.source}$`, "i");

/** Whether the text is one UUID, in either case. PostgreSQL accepts more spellings; the dashboard doesn't. */
export function isUuid(text: string): boolean {
  return WHOLE_UUID.test(text);
}

const ANY_UUID =
  /(?<![0-9a-f-])([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(?![0-9a-f-])/i;

/** The first UUID in a text, such as a line of a log; its dashes may be missing. */
export function findUuid(text: string): Uuid | null {
  const [, ...parts] = ANY_UUID.exec(text) ?? [];
  return parts.length > 0 ? parts.join("-").toLowerCase() : null;
}
