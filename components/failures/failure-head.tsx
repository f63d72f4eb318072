/** The columns of the rows below. Each row says the same in words of its own, so this is for the eye. */
export function FailureHead() {
  return (
    <div
      aria-hidden
      className="hidden h-7 grid-cols-[16px_minmax(0,1fr)_64px_208px_96px_120px_112px] items-center gap-x-3 border-b bg-canvas px-4 font-medium text-12 text-ink-3 wide:grid"
    >
      <span className="col-start-2">Task and error</span>
      <span className="text-right">Attempts</span>
      <span>Tasks</span>
      <span>Trend</span>
      <span>Queue</span>
      <span className="text-right">Last</span>
    </div>
  );
}
