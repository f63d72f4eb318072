/** JSON text with sorted keys, so that equal values have equal texts. SQL NULL stays null. */
export function canonical(text: string | null): string | null {
  return text === null ? null : write(JSON.parse(text));
}

/** Canonical JSON text of a value. */
export function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`);
  return `{${members.join(",")}}`;
}
