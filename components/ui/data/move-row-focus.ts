/** Moves the focus between the rows in a box: elements with `data-row`, in document order. */
export function moveRowFocus(box: HTMLElement | null, step: 1 | -1): void {
  const rows = [...(box?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  const line = document.activeElement?.closest("tr, li");
  const at = rows.findIndex((row) => row === document.activeElement || line?.contains(row));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}
