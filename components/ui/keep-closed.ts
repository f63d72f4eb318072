let observer: ResizeObserver | undefined;

/**
 * Keeps what follows a truncated text right behind its ellipsis, as long as it is shown and its text stays. A browser
 * cuts at a whole character and leaves the rest of the room blank, up to a character wide.
 */
export function keepClosed(text: Element): () => void {
  observer ??= new ResizeObserver((entries) => closeUp(entries.map(({ target }) => target)));
  let kept = true;
  // Before its font is there a text has another width.
  document.fonts.ready.then(() => kept && observer?.observe(text));
  return () => {
    kept = false;
    observer?.unobserve(text);
  };
}

/** Measures all before it moves one, so that the page is laid out once. */
function closeUp(texts: Element[]): void {
  const gaps = texts.map(measureGap);
  for (const [index, text] of texts.entries())
    if (text.nextElementSibling instanceof HTMLElement)
      text.nextElementSibling.style.translate = `${-(gaps[index] ?? 0)}px`;
}

/** The blank between the ellipsis and the end of the room, in pixels. */
function measureGap(element: Element): number {
  const text = element.firstChild;
  const room = element.getBoundingClientRect().width;
  if (!(text instanceof Text) || widthOf(text, text.length) < room + 0.5) return 0;
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  const ellipsis = widthOfEllipsis(`${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`);
  let shown = 0;
  for (let length = 1; length < text.length; length++) {
    const width = widthOf(text, length);
    if (width + ellipsis > room) break;
    shown = width;
  }
  return shown === 0 ? 0 : room - shown - ellipsis;
}

function widthOf(text: Text, length: number): number {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(text, length);
  return range.getBoundingClientRect().width;
}

const ellipses = new Map<string, number>();

function widthOfEllipsis(font: string): number {
  const known = ellipses.get(font);
  if (known !== undefined) return known;
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 0;
  context.font = font;
  const { width } = context.measureText("…");
  ellipses.set(font, width);
  return width;
}
