/** What decides how a shape looks. */
const LOOKS = [
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

/** The whole picture as a file of its own, in the colours of the page as it is now. */
export function toSvgText(
  svg: SVGSVGElement,
  { width, height }: { width: number; height: number },
): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
  from.forEach((element, index) => {
    const target = to[index];
    if (!target) return;
    const computed = getComputedStyle(element);
    for (const name of LOOKS) target.setAttribute(name, computed.getPropertyValue(name));
    for (const name of ["class", "role", "tabindex", "aria-pressed", "style"])
      target.removeAttribute(name);
  });
  keepLengths(svg, copy);
  copy.querySelector("[data-picture]")?.removeAttribute("transform");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("x", "-16");
  ground.setAttribute("y", "-16");
  ground.setAttribute("width", String(width + 32));
  ground.setAttribute("height", String(height + 32));
  ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(ground);
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `-16 -16 ${width + 32} ${height + 32}`);
  copy.setAttribute("width", String(width + 32));
  copy.setAttribute("height", String(height + 32));
  return new XMLSerializer().serializeToString(copy);
}

/** Where the file is opened there may be other fonts: texts keep the room they were cut to. */
function keepLengths(svg: SVGSVGElement, copy: SVGSVGElement): void {
  const texts = copy.querySelectorAll("text");
  svg.querySelectorAll("text").forEach((text, index) => {
    const length = text.getComputedTextLength();
    if (length === 0) return;
    texts[index]?.setAttribute("textLength", length.toFixed(1));
    texts[index]?.setAttribute("lengthAdjust", "spacingAndGlyphs");
  });
}

/** Offers a text as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
