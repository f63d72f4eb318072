import { revealControls } from "@/lib/format";
import { type Measure, measureText, type TextStyle } from "./measure-text";

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Longer names are truncated before measuring; no box fits this many characters. */
const MAX_CHARACTERS = 400;

/**
 * Fits a text into `room` pixels: unchanged, or truncated between graphemes with an ellipsis, so that no accent or
 * emoji sequence is split. Right-to-left text is isolated, so that its ellipsis is at its left end.
 */
export function fitText(
  text: string,
  room: number,
  style: TextStyle,
  measure: Measure = measureText,
): string {
  const line = revealControls(text.slice(0, MAX_CHARACTERS).replace(/\s+/g, " "));
  const isWhole = text.length <= MAX_CHARACTERS && measure(line, style) <= room;
  return isolate(isWhole ? line : truncate(line, room, style, measure));
}

function truncate(text: string, room: number, style: TextStyle, measure: Measure): string {
  const ends = [...letters.segment(text)].map(({ index, segment }) => index + segment.length);
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const part = `${text.slice(0, ends[middle - 1])}…`;
    if (measure(part, style) <= room) low = middle;
    else high = middle - 1;
  }
  return `${low === 0 ? "" : text.slice(0, ends[low - 1]).trimEnd()}…`;
}

function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
