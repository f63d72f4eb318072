/** In a cell: there is nothing to tell. */
export function NoValue() {
  return <span className="text-ink-3">–</span>;
}
