/** Styles of text in the graph: operator names, details about them, and edge labels. */
export type TextStyle = "name" | "words" | "label";

/** The width of a text in pixels. */
export type Measure = (text: string, style: TextStyle) => number;

const STYLES: Record<TextStyle, { font: string; family: string; letter: number }> = {
  name: { font: "500 12px", family: "font-mono", letter: 7.25 },
  words: { font: "400 12px", family: "font-sans", letter: 6.4 },
  label: { font: "400 11px", family: "font-sans", letter: 6 },
};

const widths = new Map<string, number>();
/** Durations change every second, so an unlimited cache would keep growing. */
const MAX_WIDTHS = 5_000;
let fonts: Map<string, string> | undefined;
let digits: Map<TextStyle, number> | undefined;
let canvas: CanvasRenderingContext2D | null | undefined;

/** Measures with the page's fonts. On the server it estimates, counting East Asian characters and emoji as two. */
export const measureText: Measure = (text, style) => {
  const key = `${style} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  const width = typeof document === "undefined" ? estimate(text, style) : measure(text, style);
  if (widths.size >= MAX_WIDTHS) widths.clear();
  widths.set(key, width);
  return width;
};

/** Clears all cached widths. Call it when fonts have loaded, because earlier widths belong to fallback fonts. */
export function forgetWidths(): void {
  widths.clear();
  fonts = undefined;
  digits = undefined;
}

function measure(text: string, style: TextStyle): number {
  canvas ??= document.createElement("canvas").getContext("2d");
  if (!canvas) return estimate(text, style);
  canvas.font = getFont(style);
  const width = canvas.measureText(text).width;
  const digitCount = text.match(/\d/g)?.length ?? 0;
  if (digitCount === 0) return width;
  // The page uses tabular digits, which a canvas can't: measure with zeros and correct their width.
  const zeros = canvas.measureText(text.replace(/\d/g, "0")).width;
  return zeros + digitCount * (getDigitWidth(style) - canvas.measureText("0").width);
}

function getFont(style: TextStyle): string {
  const { font, family } = STYLES[style];
  fonts ??= new Map();
  let found = fonts.get(family);
  if (found === undefined) {
    found = withProbe(family, "", (probe) => getComputedStyle(probe).fontFamily);
    fonts.set(family, found);
  }
  return `${font} ${found}`;
}

/** The width of one digit as the page draws it. */
function getDigitWidth(style: TextStyle): number {
  digits ??= new Map();
  let width = digits.get(style);
  if (width === undefined) {
    const count = 100;
    width = withProbe(STYLES[style].family, "0".repeat(count), (probe) => {
      probe.style.font = getFont(style);
      probe.style.fontVariantNumeric = "tabular-nums";
      return probe.getBoundingClientRect().width / count;
    });
    digits.set(style, width);
  }
  return width;
}

function withProbe<T>(family: string, text: string, read: (probe: HTMLElement) => T): T {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.className = `${family} invisible absolute whitespace-nowrap`;
  probe.textContent = text;
  const result = read(probe);
  probe.remove();
  return result;
}

function estimate(text: string, style: TextStyle): number {
  const { letter } = STYLES[style];
  const units = [...text].map((one) => ((one.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1));
  return units.reduce((sum, one) => sum + one * letter, 0);
}
