import { cn } from "@/lib/cn";
import type { Suggestion } from "./search-suggest";

/** The suggestions below the search box. The focus stays in the box, which names the active one. */
export function SearchOptions({
  id,
  options,
  active,
  onChoose,
}: {
  id: string;
  options: readonly Suggestion[];
  active: number;
  onChoose: (suggestion: Suggestion) => void;
}) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Suggestions"
      className="absolute top-full left-0 z-30 mt-1 max-h-[50dvh] w-[560px] max-w-full overflow-y-auto rounded-3 bg-raised p-1 shadow-3"
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: options are reached from the box by aria-activedescendant
        <div
          key={option.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(option);
          }}
          className={cn(
            "flex min-h-10 cursor-pointer items-center gap-3 rounded-2 px-2 hover:bg-hover wide:min-h-7",
            index === active && "bg-active",
          )}
        >
          <span className="mono min-w-0 truncate font-medium">{option.word}</span>
          <span className="ml-auto min-w-0 truncate text-12 text-ink-3">{option.note}</span>
        </div>
      ))}
    </div>
  );
}
