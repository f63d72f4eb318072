import type { Point } from "./layout";

const RADIUS = 6;

/**
 * An edge as an SVG path: down, across and down again between consecutive points, with rounded corners. All edges from
 * one rank cross at the same height, so that a fork looks like a fork.
 */
export function formatEdgePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  let at = first;
  for (const point of rest) {
    path += formatStep(at, point);
    at = point;
  }
  return path;
}

function formatStep(from: Point, to: Point): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (Math.abs(dx) < 1) return `L${round(to.x)} ${round(to.y)}`;
  const middle = from.y + dy / 2;
  const r = Math.min(RADIUS, Math.abs(dx) / 2, Math.abs(dy) / 2);
  const side = Math.sign(dx) * r;
  const down = Math.sign(dy) * r;
  return [
    `L${round(from.x)} ${round(middle - down)}`,
    `Q${round(from.x)} ${round(middle)} ${round(from.x + side)} ${round(middle)}`,
    `L${round(to.x - side)} ${round(middle)}`,
    `Q${round(to.x)} ${round(middle)} ${round(to.x)} ${round(middle + down)}`,
    `L${round(to.x)} ${round(to.y)}`,
  ].join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
