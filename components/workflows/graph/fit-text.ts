import { type Measure, measureText, type TextLook } from "./measure-text";

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Nothing that is drawn has room for more; names may be very long. */
const LONGEST = 400;

/**
 * A text that takes no more room than so many pixels: whole, or cut between two letters as people see them, so that no
 * accent and no picture of several signs is torn apart. One that runs from right to left is set apart from what is around
 * it, so that its end, with the sign that it was cut, is at its left.
 */
export function fitText(
  text: string,
  room: number,
  look: TextLook,
  measure: Measure = measureText,
): string {
  const line = text.slice(0, LONGEST).replace(/\s+/g, " ");
  const isWhole = text.length <= LONGEST && measure(line, look) <= room;
  return isolate(isWhole ? line : cut(line, room, look, measure));
}

function cut(text: string, room: number, look: TextLook, measure: Measure): string {
  const ends = [...letters.segment(text)].map(({ index, segment }) => index + segment.length);
  let [least, most] = [0, ends.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    const part = `${text.slice(0, ends[middle - 1])}…`;
    if (measure(part, look) <= room) least = middle;
    else most = middle - 1;
  }
  return `${least === 0 ? "" : text.slice(0, ends[least - 1]).trimEnd()}…`;
}

function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
