import type { Scale } from "@/lib/timeline/axis/scale";
import type { Projection } from "@/lib/timeline/model";
import { describeProjection } from "../span-text";
import { Dashes, place } from "./bar";
import { BarLabel } from "./bar-label";

/**
 * What would follow if the current attempt failed now and every retry failed immediately: waits as dashed lines,
 * retries as numbered empty circles.
 */
export function ProjectionDrawing({
  projection,
  scale,
  row,
}: {
  projection: Projection;
  scale: Scale;
  row: number;
}) {
  const waits = projection.retries.map(({ attempt, at, delaySeconds }) => ({
    attempt,
    at,
    from: at - delaySeconds * 1000,
  }));
  // Immediate retries have no length to draw; the text mentions them.
  const shown = waits.filter(({ from, at }) => from < scale.to && at > (waits[0]?.from ?? at));
  const last = shown.at(-1);
  return (
    <>
      {shown.map(({ attempt, at, from }) => (
        <Wait key={attempt} from={from} to={at} scale={scale} row={row} />
      ))}
      {shown.filter(isApart(scale)).map(({ attempt, at }) => (
        <Retry key={attempt} attempt={attempt} at={at} scale={scale} row={row} />
      ))}
      <BarLabel
        notes={[{ text: describeProjection(projection), tone: "quiet" }]}
        from={shown[0]?.from ?? scale.from}
        to={last ? Math.min(last.at, scale.to) : scale.from}
        scale={scale}
        row={row}
      />
    </>
  );
}

function Wait({ from, to, scale, row }: { from: number; to: number; scale: Scale; row: number }) {
  const box = place(from, Math.min(to, scale.to + 1), scale, 2, row);
  if (!box || to <= from) return null;
  return <Dashes box={box} row={row} className="[stroke-dasharray:2_4]" />;
}

const CIRCLE_PX = 16;

/** Drops circles that overlap a later one. */
function isApart(scale: Scale) {
  return ({ at }: { at: number }, index: number, all: { at: number }[]) => {
    const next = all[index + 1];
    return !next || scale.toX(next.at) - scale.toX(at) >= CIRCLE_PX;
  };
}

function Retry({
  attempt,
  at,
  scale,
  row,
}: {
  attempt: number;
  at: number;
  scale: Scale;
  row: number;
}) {
  const box = place(at, at, scale, 2, row);
  if (!box) return null;
  return (
    <g transform={`translate(${Math.max(box.x, 9)} ${row / 2})`}>
      <circle
        r={CIRCLE_PX / 2}
        className="fill-surface stroke-pending-solid [stroke-dasharray:2_2]"
      />
      <text y={3.5} textAnchor="middle" className="fill-ink-2 text-[10px]">
        {attempt}
      </text>
    </g>
  );
}
