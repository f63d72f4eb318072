/** How long a key press waits for rows, in milliseconds. */
export const PATIENCE_MS = 10_000;

let waiting: { steps: (1 | -1)[]; stop: () => void } | undefined;

/**
 * Moves the focus between the rows in a box: elements with `data-row`, in document order. While there are no rows, or
 * while `isReady` is false because a new page is loading, the step is remembered until rows arrive. It is dropped after
 * 10 s, or once the focus is moved in another way.
 */
export function moveRowFocus(
  box: HTMLElement | null,
  step: 1 | -1,
  isReady: () => boolean = () => true,
): void {
  if (!box) return;
  if (isReady() && listRows(box).length > 0) {
    waiting?.stop();
    focusRow(box, step);
  } else if (waiting) waiting.steps.push(step);
  else waitForRows(box, step, isReady);
}

function waitForRows(box: HTMLElement, step: 1 | -1, isReady: () => boolean): void {
  const steps = [step];
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
    document.removeEventListener("pointerdown", stop);
    waiting = undefined;
  };
  const observer = new MutationObserver(() => {
    if (!isReady() || listRows(box).length === 0) return;
    stop();
    for (const one of steps) focusRow(box, one);
  });
  const timer = setTimeout(stop, PATIENCE_MS);
  document.addEventListener("pointerdown", stop);
  observer.observe(box, { childList: true, subtree: true });
  waiting = { steps, stop };
}

function focusRow(box: HTMLElement, step: 1 | -1): void {
  const rows = listRows(box);
  const line = document.activeElement?.closest("tr, li");
  const at = rows.findIndex((row) => row === document.activeElement || line?.contains(row));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function listRows(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>("[data-row]")];
}
