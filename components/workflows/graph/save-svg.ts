/** Computed styles to inline. */
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "color",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
];

/**
 * Serializes the whole graph as a standalone SVG in the page's current colours. `width` and `height` are the graph's.
 */
export function serializeSvg(
  svg: SVGSVGElement,
  { width, height }: { width: number; height: number },
): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
  from.forEach((element, index) => {
    const target = to[index];
    if (!target) return;
    const computed = getComputedStyle(element);
    for (const name of STYLES) target.setAttribute(name, computed.getPropertyValue(name));
    for (const name of ["class", "role", "tabindex", "aria-pressed", "style"])
      target.removeAttribute(name);
  });
  keepLengths(svg, copy);
  copy.querySelector("[data-picture]")?.removeAttribute("transform");
  const background = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  background.setAttribute("x", "-16");
  background.setAttribute("y", "-16");
  background.setAttribute("width", String(width + 32));
  background.setAttribute("height", String(height + 32));
  background.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `-16 -16 ${width + 32} ${height + 32}`);
  copy.setAttribute("width", String(width + 32));
  copy.setAttribute("height", String(height + 32));
  return new XMLSerializer().serializeToString(copy);
}

/** Fixes the length of all texts, because the viewer may use other fonts. */
function keepLengths(svg: SVGSVGElement, copy: SVGSVGElement): void {
  const texts = copy.querySelectorAll("text");
  svg.querySelectorAll("text").forEach((text, index) => {
    const length = text.getComputedTextLength();
    if (length === 0) return;
    texts[index]?.setAttribute("textLength", length.toFixed(1));
    texts[index]?.setAttribute("lengthAdjust", "spacingAndGlyphs");
  });
}

/** Downloads a text as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
