let observer: ResizeObserver | undefined;

/**
 * Keeps what follows a truncated text right behind its ellipsis, as long as it is shown and its text stays. A browser
 * cuts at a whole character and leaves the rest of the room blank, up to a character wide.
 */
export function keepClosed(text: Element): () => void {
  observer ??= new ResizeObserver(closeUp);
  let kept = true;
  // Before its font is there a text has another width.
  document.fonts.ready.then(() => kept && observer?.observe(text));
  return () => {
    kept = false;
    observer?.unobserve(text);
  };
}

/** Measures all before it moves one, so that styles are worked out once. */
function closeUp(entries: ResizeObserverEntry[]): void {
  const gaps = entries.map(({ target, contentRect }) => measureGap(target, contentRect.width));
  for (const [index, { target }] of entries.entries())
    if (target.nextElementSibling instanceof HTMLElement)
      target.nextElementSibling.style.translate = `${-(gaps[index] ?? 0)}px`;
}

const pen = () => document.createElement("canvas").getContext("2d");
let context: ReturnType<typeof pen> | undefined;

/** The blank between the ellipsis and the end of the room, in pixels; measured aside, so that the page is not laid out. */
function measureGap(element: Element, room: number): number {
  const text = element.textContent ?? "";
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  context ??= pen();
  if (!context) return 0;
  context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const widthOf = (part: string) => context?.measureText(part).width ?? 0;
  if (widthOf(text) < room + 0.5) return 0;
  let length = text.length - 1;
  while (length > 0 && widthOf(`${text.slice(0, length)}…`) > room) length--;
  return length === 0 ? 0 : room - widthOf(`${text.slice(0, length)}…`);
}
