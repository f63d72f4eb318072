import { cn } from "@/lib/cn";
import type { Scale } from "@/lib/timeline/axis/scale";
import type { Note } from "../span-words";

const TONES: Record<Note["tone"], string> = {
  quiet: "fill-ink-3",
  late: "fill-pending",
  sleep: "fill-sleeping",
  bad: "fill-failed",
  running: "fill-running",
};

/** What a character takes at this size, on average. */
const CHARACTER_PX = 6.4;
const BETWEEN_PX = 5;
/** The same without the margin that keeps words from being cut: the ground within a bar hides no more of it than it must. */
const GROUND_PX = 5.8;

/**
 * Words about a bar: to its right while there is room, else to its left, else on a ground of their own within it, from
 * the instant `inside` on.
 */
export function Beside({
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
  if (notes.length === 0 || to < scale.from || from > scale.to) return null;
  const left = scale.toX(from);
  const right = Math.max(scale.toX(to), left + 4);
  const place = placeFor(widthOf(notes), left, right, scale.toX(inside), scale.width);
  const shown = cutTo(notes, place.room);
  return (
    <>
      {place.within && (
        <rect
          x={place.x - 4}
          y={row / 2 - 8}
          width={groundOf(shown)}
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
            // biome-ignore lint/suspicious/noArrayIndexKey: the words of one bar keep their places
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

function placeFor(
  wanted: number,
  left: number,
  right: number,
  inside: number,
  width: number,
): Place {
  const [before, after] = [left - 8, width - right - 8];
  if (after >= wanted) return { x: right + 8, anchor: "start", room: after };
  if (before >= wanted) return { x: left - 8, anchor: "end", room: before };
  const within = { anchor: "start", within: true } as const;
  if (right - inside > wanted + 16) return { x: inside + 10, room: wanted, ...within };
  if (right - left > wanted + 16) return { x: left + 10, room: wanted, ...within };
  return before > after
    ? { x: left - 8, anchor: "end", room: before }
    : { x: right + 8, anchor: "start", room: after };
}

function widthOf(notes: Note[]): number {
  return notes.reduce((sum, { text }) => sum + text.length * CHARACTER_PX + BETWEEN_PX, 0);
}

function groundOf(notes: Note[]): number {
  const characters = notes.reduce((sum, { text }) => sum + text.length, 0);
  return characters * GROUND_PX + (notes.length - 1) * BETWEEN_PX + 8;
}

/** What fits; the last word that does not is cut. */
function cutTo(notes: Note[], room: number): Note[] {
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
