import type { Iso } from "@/lib/model/instants";
import { formatAge, formatCountdown, formatDuration } from "../format.ts";

/**
 * A piece of a sentence. `code` is a name the engine or the user gave (event, step, worker, error) and is shown in
 * monospace; `strong` and `duration` carry the figure the sentence turns on; `time` is left to the reader's time zone.
 */
export type Part =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong"; text: string }
  | { kind: "duration"; text: string; ms: number }
  | { kind: "time"; iso: Iso };

/** How much a sentence should worry its reader. */
export type Tone = "plain" | "good" | "warning" | "bad";

type Fragment = string | number | Part | Part[];

/** Template tag that builds the parts of a sentence: say`sleeping until ${time(iso)}`. */
export function say(strings: TemplateStringsArray, ...values: Fragment[]): Part[] {
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
export const time = (iso: Iso): Part => ({ kind: "time", iso });

/** A length of time in milliseconds that is still growing or shrinking. */
export const duration = (ms: number): Part => ({ kind: "duration", text: formatAge(ms), ms });

/** A fixed length of time in milliseconds, exact. */
export const measured = (ms: number): Part => ({
  kind: "duration",
  text: formatDuration(ms),
  ms,
});

/** What is left until something happens, in milliseconds, as a clock that runs down. */
export const countdown = (ms: number): Part => ({
  kind: "duration",
  text: formatCountdown(ms),
  ms,
});

/** The sentence as plain text, for titles, tables and screen readers. Times stay ISO unless `formatTime` is given. */
export function plainText(parts: Part[], formatTime: (iso: Iso) => string = (iso) => iso): string {
  return parts.map((part) => (part.kind === "time" ? formatTime(part.iso) : part.text)).join("");
}
