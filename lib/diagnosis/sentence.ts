import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import { formatAge, formatCountdown, formatDuration } from "../format.ts";

/**
 * A piece of a sentence. `code` is a name given by the engine or a user (event, step, worker, error), shown in
 * monospace; `strong` and `duration` hold the figure the sentence is about; `time` is printed in the reader's time
 * zone; `link` leads to another page.
 */
export type Part =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong"; text: string }
  | { kind: "duration"; text: string; ms: number }
  | { kind: "time"; iso: Iso }
  | { kind: "link"; text: string; to: LinkTarget };

/** Another page that a sentence names: a task, or an entry of the audit log. */
export type LinkTarget = { queue: string; taskId: Uuid } | { auditOf: Uuid };

/** How urgent a sentence is. */
export type Tone = "plain" | "good" | "warning" | "bad";

type Fragment = string | number | Part | Part[];

/** Template tag that builds a sentence from text and parts: sentence`sleeping until ${time(iso)}`. */
export function sentence(strings: TemplateStringsArray, ...values: Fragment[]): Part[] {
  const parts: Part[] = [];
  const add = (part: Part) => {
    const last = parts.at(-1);
    if (part.kind === "text" && last?.kind === "text") last.text += part.text;
    else if (part.kind !== "text" || part.text !== "") parts.push({ ...part });
  };
  strings.forEach((text, index) => {
    add({ kind: "text", text });
    const value = values[index];
    if (value === undefined) return;
    if (Array.isArray(value)) value.forEach(add);
    else add(typeof value === "object" ? value : { kind: "text", text: String(value) });
  });
  return parts;
}

export const code = (text: string): Part => ({ kind: "code", text });
export const strong = (text: string): Part => ({ kind: "strong", text });
export const link = (text: string, to: LinkTarget): Part => ({ kind: "link", text, to });
export const time = (iso: Iso): Part => ({ kind: "time", iso });

/** A length of time in milliseconds that is still growing or shrinking. */
export const age = (ms: number): Part => length(ms, formatAge);

/** A fixed length of time in milliseconds. */
export const duration = (ms: number): Part => length(ms, formatDuration);

/** Between two of PostgreSQL's infinities there is no length. */
function length(ms: number, format: (ms: number) => string): Part {
  return Number.isNaN(ms)
    ? { kind: "text", text: "an unknown time" }
    : { kind: "duration", text: format(ms), ms };
}

/** Milliseconds left until a deadline, as a clock: `0:42`. */
export const countdown = (ms: number): Part => ({
  kind: "duration",
  text: formatCountdown(ms),
  ms,
});

/** A sentence as plain text, for titles, tables and screen readers. Times stay ISO unless `formatTime` is given. */
export function plainText(parts: Part[], formatTime: (iso: Iso) => string = (iso) => iso): string {
  return parts.map((part) => (part.kind === "time" ? formatTime(part.iso) : part.text)).join("");
}
