/**
 * Tells how a single finger moves over an element with `touch-action: pan-y`. A move that begins up or down is the page's:
 * the browser takes it over and cancels it here. Two fingers are somebody else's.
 *
 * @returns what ends it.
 */
export function followFinger(
  element: SVGSVGElement,
  move: (dx: number, dy: number) => void,
): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  const put = ({ pointerType, pointerId, clientX: x, clientY: y }: PointerEvent) => {
    if (pointerType === "touch") fingers.set(pointerId, { x, y });
  };
  const follow = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    put(event);
    if (fingers.size === 1) move(event.clientX - before.x, event.clientY - before.y);
  };
  const lift = ({ pointerId }: PointerEvent) => fingers.delete(pointerId);
  const ends = ["pointerup", "pointercancel", "pointerleave"] as const;
  element.addEventListener("pointerdown", put);
  element.addEventListener("pointermove", follow);
  for (const end of ends) element.addEventListener(end, lift);
  return () => {
    element.removeEventListener("pointerdown", put);
    element.removeEventListener("pointermove", follow);
    for (const end of ends) element.removeEventListener(end, lift);
  };
}
