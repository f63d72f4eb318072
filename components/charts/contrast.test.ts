import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

/** The values of a token in the light and in the dark theme. */
function themes(token: string): string[] {
  const pattern = new RegExp(`--color-${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`);
  const found = pattern.exec(css)?.slice(1);
  if (!found) throw new Error(`No token ${token}`);
  return found;
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const BARS = [
  "chart-completed",
  "failed-solid",
  "running-solid",
  "completed-solid",
  "sleeping-solid",
];

test.each(BARS)("bars in %s have a contrast of at least 3:1 on every background", (bar) => {
  for (const layer of ["surface", "canvas"])
    for (const theme of [0, 1])
      expect(contrast(themes(bar)[theme] ?? "", themes(layer)[theme] ?? "")).toBeGreaterThanOrEqual(
        3,
      );
});
