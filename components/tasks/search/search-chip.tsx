import { Icon } from "@/components/ui/icons/icon";
import type { Chip } from "./search-words";

/** One filter, with the way to remove it. */
export function SearchChip({ chip, onRemove }: { chip: Chip; onRemove: () => void }) {
  return (
    <span className="mono inline-flex h-7 min-w-0 max-w-full items-center rounded-1 bg-active pl-1.5 wide:h-5">
      <span className="shrink-0 text-ink-3">{chip.key}</span>
      <span className="truncate font-medium" title={chip.value}>
        {chip.value}
      </span>
      <button
        type="button"
        aria-label={`Remove ${chip.text}`}
        onClick={onRemove}
        className="grid h-full w-7 shrink-0 place-items-center text-ink-3 hover:text-ink wide:w-5"
      >
        <Icon name="x" strokeWidth={2} size={12} />
      </button>
    </span>
  );
}
