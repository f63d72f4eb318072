import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import { cn } from "@/lib/cn";
import type { Payload } from "@/lib/model/json";

/** Tags as `key=value`, in order. JSON other than an object of scalars is shown unchanged. */
function listTags(tags: Payload): string[] {
  if (!tags) return [];
  if (tags.text === undefined) return ["…"];
  const value = parseExactly(tags.text)?.value;
  if (typeof value !== "object" || value === null) return [tags.text];
  if (Array.isArray(value)) return value.map(formatTagValue);
  return Object.entries(value).map(([key, member]) => `${key}=${formatTagValue(member)}`);
}

function formatTagValue(value: unknown): string {
  return typeof value === "string" ? value : printExactly(value).replace(/\s+/g, " ");
}

/** Tags shown per row on wide screens. */
const SHOWN = 2;

/** A run's tags as chips; with `onSelect`, clicking one filters the list. */
export function Tags({ tags, onSelect }: { tags: Payload; onSelect?: (tag: string) => void }) {
  const list = listTags(tags);
  const more = onSelect ? list.slice(SHOWN) : [];
  return (
    <span className={cn("flex min-w-0 flex-wrap gap-1", onSelect && "wide:flex-nowrap")}>
      {list.map((tag, index) => {
        const className = cn(
          "mono relative z-1 max-w-48 truncate rounded-1 border bg-canvas px-1.5 leading-[18px] text-ink-2",
          onSelect && index >= SHOWN && "wide:hidden",
        );
        return onSelect ? (
          <button
            key={tag}
            type="button"
            dir="auto"
            data-tip={`Filter by ${tag}`}
            onClick={() => onSelect(tag)}
            className={`${className} min-h-6 wide:min-h-0 hover:border-accent-line hover:text-accent-text`}
          >
            {tag}
          </button>
        ) : (
          <span key={tag} dir="auto" data-tip={tag} className={className}>
            {tag}
          </span>
        );
      })}
      {more.length > 0 && (
        <span className="shrink-0 text-ink-3 max-wide:hidden" data-tip={more.join(", ")}>
          +{more.length}
        </span>
      )}
    </span>
  );
}
