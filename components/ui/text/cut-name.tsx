/**
 * A name that a list has cut, truncated to the width: the digest of the whole name stays visible, since others may begin
 * the same.
 *
 * @param tip why the name is cut.
 */
export function CutName({ start, digest, tip }: { start: string; digest: string; tip: string }) {
  return (
    <span data-tip={tip} className="flex min-w-0 max-w-full">
      <span dir="auto" className="truncate">
        {start}
      </span>
      <span className="mono shrink-0 ps-1 text-ink-3">{digest}</span>
    </span>
  );
}
