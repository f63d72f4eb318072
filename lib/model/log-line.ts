/**
 * One line of JSON for the log. Control characters, terminal codes and bidirectional marks are escaped, so that
 * untrusted text can neither start a line nor change how one is displayed. Text is cut after 500 characters.
 */
export function formatLogLine(entry: Record<string, unknown>): string {
  const line = JSON.stringify({ time: new Date().toISOString(), ...entry }, (_, value) =>
    typeof value === "string" ? value.slice(0, 500) : value,
  );
  return line.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
