import { CUT_NAME, splitCutName } from "@/lib/model/rows/shown-name";

/**
 * A name that a list has cut, truncated to the width: the digest of the whole name stays visible, since others may begin
 * the same.
 */
export function CutName({ name }: { name: string }) {
  const { start, digest } = splitCutName(name);
  return (
    <span data-tip={CUT_NAME} className="flex min-w-0 max-w-full">
      <span dir="auto" className="truncate">
        {start}
      </span>
      <span className="mono shrink-0 ps-1 text-ink-3">{digest}</span>
    </span>
  );
}
