"use client";
import { useZone } from "@/components/ui/text/zone";
import {
  computeZoneOffset,
  formatAge,
  formatClock,
  formatExactClock,
  formatMinute,
  formatSecond,
  formatShortAge,
} from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import type { Scale } from "@/lib/timeline/axis/scale";
import { listTicks, type Ticks } from "@/lib/timeline/axis/ticks";
import type { Timeline } from "@/lib/timeline/model";

/** The sticky axis: ticks in the reader's zone, hidden gaps and now. */
export function AxisHeader({ scale, timeline }: { scale: Scale; timeline: Timeline }) {
  const zone = useZone();
  const { ticks, precision } = listTicks(scale, 84, computeZoneOffset(scale.from, zone));
  const showNow = timeline.active && timeline.now >= scale.from && timeline.now <= scale.to;
  const nowX = scale.toX(timeline.now);
  const now: Tag[] = showNow
    ? [createTag(nowX, formatTime(timeline.now, zone), scale.width, NOW_WIDTH)]
    : [];
  const shownGaps = placeGaps(scale, now);
  const taken = [...now, ...shownGaps];
  return (
    <svg width={scale.width} height={28} aria-hidden="true" className="block text-12">
      {labelTicks(
        ticks.map(({ at }) => at),
        zone,
        precision,
      ).map((text, index) => {
        const { at = 0, x = 0 } = ticks[index] ?? {};
        const width = Math.max(text.length * CHARACTER_WIDTH, TICK_WIDTH);
        return (
          <g key={at}>
            <line x1={x} x2={x} y1={23} y2={28} className="stroke-line-strong" />
            {x <= scale.width - width / 2 && !overlapsAny({ x, width }, taken) && (
              <text
                x={Math.max(x, width / 2 + 3)}
                y={18}
                textAnchor="middle"
                className="fill-ink-3"
              >
                {text}
              </text>
            )}
          </g>
        );
      })}
      {shownGaps.map(({ x, width, text, gap }) => (
        <g key={gap.from}>
          <title>
            {`${formatTime(gap.from, zone)} to ${formatTime(gap.to, zone)} hidden: nothing executed`}
          </title>
          <rect x={x - width / 2} y={4} width={width} height={18} rx={3} className="fill-active" />
          <text x={x} y={17} textAnchor="middle" className="fill-ink-2">
            {text}
          </text>
        </g>
      ))}
      {now.map(({ x, width, text }) => (
        <g key="now">
          <rect x={x - width / 2} y={4} width={width} height={18} rx={3} className="fill-inverse" />
          <text x={x} y={17} textAnchor="middle" className="fill-ink-inverse font-medium">
            {text}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Headings of the columns beside the axis; narrow screens show only the first. */
export function ColumnNames({ first }: { first: string }) {
  return (
    <span className="flex items-center justify-between border-r pr-2 pl-3 text-12 text-ink-3 wide:pl-4">
      {first} <span className="hidden wide:inline">Duration</span>
    </span>
  );
}

type Tag = { x: number; width: number; text: string };

const NOW_WIDTH = 60;
const TICK_WIDTH = 46;
const CHARACTER_WIDTH = 6.3;
/** Between two labels. */
const SPACE = 4;

type Gap = Scale["gaps"][number];

/**
 * Length of each hidden gap, as detailed as space allows; a label that leaves none for a later one is shortened. A label
 * that the one of now would cover is placed beside it, or left out if neither side has space.
 */
export function placeGaps(
  scale: Pick<Scale, "gaps" | "width">,
  now: Tag[],
): (Tag & { gap: Gap })[] {
  const labels = scale.gaps.map((gap) => {
    const length = gap.to - gap.from;
    const forms = [`${formatAge(length)} idle`, formatAge(length), formatShortAge(length)];
    return { gap, tags: forms.map((text) => createTag(gapCentre(gap), text, scale.width)) };
  });
  for (;;) {
    const { placed, inTheWay } = placeInOrder(labels, now, scale.width);
    if (inTheWay === undefined) return placed;
    labels.find(({ gap }) => gap === inTheWay)?.tags.shift();
  }
}

/** Places labels from left to right, or stops at one without space: `inTheWay` is the one to shorten for it. */
function placeInOrder(
  labels: { gap: Gap; tags: Tag[] }[],
  now: Tag[],
  width: number,
): { placed: (Tag & { gap: Gap })[]; inTheWay?: Gap } {
  const placed: (Tag & { gap: Gap; canShrink: boolean })[] = [];
  for (const { gap, tags } of labels) {
    const shortest = tags.at(-1);
    if (!shortest) continue;
    const beside = now.flatMap((other) => {
      const nearer = gapCentre(gap) < other.x ? -1 : 1;
      return [nearer, -nearer].flatMap((side) => tags.map((one) => moveBeside(one, other, side)));
    });
    const fits = (one: Tag) => !overlapsAny(one, [...now, ...placed]) && isWithin(one, width);
    const tag = [...tags, ...beside].find(fits);
    const inTheWay = placed.find((one) => one.canShrink && overlapsAny(shortest, [one]));
    if (!tag && inTheWay) return { placed, inTheWay: inTheWay.gap };
    if (tag || !overlapsAny(shortest, now))
      placed.push({ ...(tag ?? shortest), gap, canShrink: tags.length > 1 });
  }
  return { placed };
}

function gapCentre(gap: Gap): number {
  return gap.x + gap.width / 2;
}

/** Tick labels. The first tick of another minute or day also shows that minute or day. */
export function labelTicks(
  ticks: readonly number[],
  zone: string,
  precision: Ticks["precision"],
): string[] {
  return ticks.map((at, index) => {
    const before = ticks[index - 1];
    const iso = toInstant(at);
    const starts = (format: (at: string) => string) =>
      before === undefined || format(toInstant(before)) !== format(iso);
    if (precision === "millisecond" && starts((one) => formatMinute(one, zone)))
      return at % 1_000 === 0 ? formatClock(iso, zone) : formatExactClock(iso, zone);
    const isOtherDay = index > 0 && starts((one) => formatSecond(one, zone).slice(0, 10));
    if (isOtherDay && precision !== "day") return formatMinute(iso, zone).slice(5, 16);
    return formatTick(at, zone, precision);
  });
}

/** A label with a background, shifted so that it stays within `limit`. */
function createTag(
  at: number,
  text: string,
  limit: number,
  width = text.length * CHARACTER_WIDTH + 12,
): Tag {
  return { x: Math.min(Math.max(at, width / 2), limit - width / 2), width, text };
}

/** The label next to another one: before it with a side of -1, after it with 1. */
function moveBeside(one: Tag, other: Tag, side: number): Tag {
  return { ...one, x: other.x + side * ((one.width + other.width) / 2 + SPACE) };
}

function isWithin({ x, width }: Tag, limit: number): boolean {
  return x - width / 2 >= 0 && x + width / 2 <= limit;
}

function overlapsAny(one: { x: number; width: number }, others: Tag[]): boolean {
  return others.some((other) => Math.abs(one.x - other.x) < (one.width + other.width) / 2 + SPACE);
}

function formatTime(at: number, zone: string): string {
  return formatClock(toInstant(at), zone);
}

function formatTick(at: number, zone: string, precision: Ticks["precision"]): string {
  const iso = toInstant(at);
  switch (precision) {
    case "millisecond":
      return formatExactClock(iso, zone).slice(6);
    case "second":
      return formatClock(iso, zone);
    case "minute":
      return formatClock(iso, zone).slice(0, 5);
    case "day":
      return /\d\d-\d\d(?= )/.exec(formatSecond(iso, zone))?.[0] ?? "";
  }
}
