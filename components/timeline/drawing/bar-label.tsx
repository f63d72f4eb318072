import { createContext, useContext } from "react";
import { cn } from "@/lib/cn";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { Note } from "../span-text";

const TONES: Record<Note["tone"], string> = {
  quiet: "fill-ink-3",
  late: "fill-pending",
  sleep: "fill-sleeping",
  bad: "fill-failed",
  running: "fill-running",
};

/** Average width of a character at this size. */
const CHARACTER_PX = 6.4;
const BETWEEN_PX = 5;
/** Character width without the safety margin, so that the background inside a bar covers little of the bar. */
const BACKGROUND_PX = 5.8;

/** The x position of now, if shown: labels of finished spans end before it. */
export const NowPosition = createContext<number | null>(null);

/**
 * Text about a bar: to its right if there is space, else to its left, else inside it from `inside` on, with its own
 * background.
 */
export function BarLabel({
  notes,
  from,
  to,
  inside = from,
  scale,
  row,
}: {
  notes: Note[];
  from: number;
  to: number;
  inside?: number;
  scale: Scale;
  row: number;
}) {
  const nowX = useContext(NowPosition);
  if (notes.length === 0 || to < scale.from || from > scale.to) return null;
  const left = scale.toX(from);
  const right = Math.max(scale.toX(to), left + 4);
  const place = placeLabel(computeWidth(notes), left, right, scale.toX(inside), {
    ...{ width: scale.width, nowX },
  });
  const shown = truncate(notes, place.room);
  return (
    <>
      {place.within && (
        <rect
          x={place.x - 4}
          y={row / 2 - 8}
          width={computeBackgroundWidth(shown)}
          height={16}
          rx={3}
          className="fill-surface"
        />
      )}
      <text
        x={place.x}
        y={row / 2 + 4}
        textAnchor={place.anchor}
        className="stroke-surface text-12 [paint-order:stroke] [stroke-linejoin:round] [stroke-width:3px]"
      >
        {shown.map((note, index) => (
          <tspan
            // biome-ignore lint/suspicious/noArrayIndexKey: the notes of a bar keep their order
            key={index}
            dx={index === 0 ? 0 : BETWEEN_PX}
            className={cn(TONES[note.tone], note.strong && "font-semibold")}
          >
            {note.text}
          </tspan>
        ))}
      </text>
    </>
  );
}

type Place = { x: number; anchor: "start" | "end"; room: number; within?: true };

/** @param at width of the drawing, and the x position of now. */
export function placeLabel(
  wanted: number,
  left: number,
  right: number,
  inside: number,
  { width, nowX }: { width: number; nowX: number | null },
): Place {
  // The label of a bar that reaches now is placed after the line.
  const end = nowX !== null && right < nowX - 1 ? nowX : width;
  const [before, after] = [left - 8, end - right - 8];
  if (after >= wanted) return { x: right + 8, anchor: "start", room: after };
  if (before >= wanted) return { x: left - 8, anchor: "end", room: before };
  const within = { anchor: "start", within: true } as const;
  if (right - inside > wanted + 16) return { x: inside + 10, room: wanted, ...within };
  if (right - left > wanted + 16) return { x: left + 10, room: wanted, ...within };
  return before > after
    ? { x: left - 8, anchor: "end", room: before }
    : { x: right + 8, anchor: "start", room: after };
}

function computeWidth(notes: Note[]): number {
  return notes.reduce((sum, { text }) => sum + text.length * CHARACTER_PX + BETWEEN_PX, 0);
}

function computeBackgroundWidth(notes: Note[]): number {
  const characters = notes.reduce((sum, { text }) => sum + text.length, 0);
  return characters * BACKGROUND_PX + (notes.length - 1) * BETWEEN_PX + 8;
}

/** The notes that fit; the last one may be truncated. */
function truncate(notes: Note[], room: number): Note[] {
  const kept: Note[] = [];
  let left = room;
  for (const note of notes) {
    const characters = Math.floor(left / CHARACTER_PX);
    const fits = note.text.length <= characters;
    if (!fits && characters < 4) break;
    const text = fits ? note.text : `${note.text.slice(0, characters - 1)}…`;
    kept.push({ ...note, text });
    left -= text.length * CHARACTER_PX + BETWEEN_PX;
  }
  return kept;
}
