import { Icon } from "@/components/ui/icons/icon";
import { formatNumber } from "@/lib/format";

/** How many rows came since, and the way to them. */
export function NewPill({
  count,
  limit,
  onClick,
}: {
  count: number;
  /** As many as a page holds may be more. */
  limit: number;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="float-in mt-1 inline-flex h-9 items-center gap-1 rounded-full bg-inverse pr-4 pl-3 font-medium text-12 text-ink-inverse shadow-2 wide:mr-4 wide:h-5 wide:pr-2.5 wide:pl-1.5"
    >
      <Icon name="arrow-up" strokeWidth={2} size={12} />
      {formatNumber(count)}
      {count >= limit && "+"} new
    </button>
  );
}
