import { parseExactly, printExactly } from "@/components/ui/json-model";
import type { Payload } from "@/lib/analytics/types";

/** Tags as `key=value`, in their order; other JSON than an object of plain values is shown as it is. */
export function listTags(tags: Payload): string[] {
  if (!tags) return [];
  if (tags.text === undefined) return ["…"];
  const value = parseExactly(tags.text)?.value;
  if (typeof value !== "object" || value === null) return [tags.text];
  if (Array.isArray(value)) return value.map(wordOf);
  return Object.entries(value).map(([key, member]) => `${key}=${wordOf(member)}`);
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : printExactly(value).replace(/\s+/g, " ");
}

/** A run's tags as chips; each narrows the list to runs with it. */
export function Tags({ tags, onSelect }: { tags: Payload; onSelect?: (tag: string) => void }) {
  const list = listTags(tags);
  return (
    <span
      className={
        onSelect
          ? "flex flex-wrap gap-1 overflow-hidden wide:max-h-5"
          : "inline-flex min-w-0 flex-wrap gap-1"
      }
    >
      {list.map((tag) => {
        const className =
          "mono relative z-1 min-w-24 max-w-48 truncate rounded-1 border bg-canvas px-1.5 leading-[18px] text-ink-2";
        return onSelect ? (
          <button
            key={tag}
            type="button"
            title={`Only runs with ${tag}`}
            onClick={() => onSelect(tag)}
            className={`${className} min-h-6 wide:min-h-0 hover:border-accent-line hover:text-accent-text`}
          >
            {tag}
          </button>
        ) : (
          <span key={tag} title={tag} className={className}>
            {tag}
          </span>
        );
      })}
    </span>
  );
}
