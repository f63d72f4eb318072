/** How text in the picture is set: names of operators, words about them, and labels on edges. */
export type TextLook = "name" | "words" | "label";

/** How wide a text is, in pixels. */
export type Measure = (text: string, look: TextLook) => number;

const LOOKS: Record<TextLook, { font: string; family: string; letter: number }> = {
  name: { font: "500 12px", family: "font-mono", letter: 7.25 },
  words: { font: "400 12px", family: "font-sans", letter: 6.4 },
  label: { font: "400 11px", family: "font-sans", letter: 6 },
};

const widths = new Map<string, number>();
/** Times that go on are texts that nobody asks for again. */
const MOST_WIDTHS = 5_000;
let families: Record<string, string> | undefined;
let canvas: CanvasRenderingContext2D | null | undefined;

/** Measures with the fonts of the page; where there is none it estimates, letters of East Asia and pictures as two. */
export const measureText: Measure = (text, look) => {
  const key = `${look} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  const width = typeof document === "undefined" ? estimate(text, look) : measure(text, look);
  if (widths.size >= MOST_WIDTHS) widths.clear();
  widths.set(key, width);
  return width;
};

/** To be called when fonts have arrived: what was measured before was measured with others. */
export function forgetWidths(): void {
  widths.clear();
  families = undefined;
}

function measure(text: string, look: TextLook): number {
  canvas ??= document.createElement("canvas").getContext("2d");
  if (!canvas) return estimate(text, look);
  families ??= readFamilies();
  const { font, family } = LOOKS[look];
  canvas.font = `${font} ${families[family]}`;
  return canvas.measureText(text).width;
}

/** The families behind the classes, as the page has them. */
function readFamilies(): Record<string, string> {
  const probe = document.body.appendChild(document.createElement("span"));
  const read = (family: string): [string, string] => {
    probe.className = family;
    return [family, getComputedStyle(probe).fontFamily];
  };
  const found = Object.fromEntries(["font-mono", "font-sans"].map(read));
  probe.remove();
  return found;
}

function estimate(text: string, look: TextLook): number {
  const { letter } = LOOKS[look];
  const units = [...text].map((one) => ((one.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1));
  return units.reduce((sum, one) => sum + one * letter, 0);
}
