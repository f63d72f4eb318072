/** How long after an input a request counts as the person's activity, in milliseconds. */
const ACTIVE_MS = 60_000;

let lastInput = Number.NEGATIVE_INFINITY;

if (typeof document !== "undefined")
  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"])
    document.addEventListener(event, () => (lastInput = performance.now()), {
      capture: true,
      passive: true,
    });

/**
 * Whether the person used this page in the last minute. A page polls as long as it is open, so only input keeps a
 * session from going idle.
 */
export function isPersonActive(): boolean {
  return performance.now() - lastInput < ACTIVE_MS;
}
