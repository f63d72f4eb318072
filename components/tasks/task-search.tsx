"use client";
import { Search, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useRef, useState } from "react";
import { taskPath } from "@/components/layout/paths";
import { useHotkeys } from "@/components/ui/hotkeys";
import type { Found } from "@/lib/analytics/types";
import { fetchJson } from "@/lib/query/api";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { RangeSelect } from "./range-select";
import { chipsOf, understand } from "./search-tokens";

type Props = {
  filters: TaskFilters;
  fixedQueue: string | undefined;
  onChange: (change: Partial<TaskFilters>) => void;
  onClear: () => void;
};

/** Filters as words: typed ones become chips on Enter, and a whole id opens its task. */
export function TaskSearch({ filters, fixedQueue, onChange, onClear }: Props) {
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const chips = chipsOf(fixedQueue === undefined ? filters : { ...filters, queue: [] });
  useHotkeys({ "/": () => input.current?.focus() });

  async function submit() {
    if (!text.trim()) return;
    const understood = understand(text, filters);
    if ("problem" in understood) return setProblem(understood.problem);
    if ("openId" in understood) return open(understood.openId);
    onChange(understood.filters);
    setText("");
  }
  async function open(id: string) {
    try {
      const { found } = await fetchJson<{ found: Found[] }>(`/api/find?id=${id}`);
      if (found[0]) router.push(taskPath(found[0].queue, found[0].taskId));
      else setProblem("No task or run has this id, in any queue.");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "The search did not work.");
    }
  }
  function press(event: KeyboardEvent) {
    const last = chips.at(-1);
    if (event.key === "Enter") submit();
    else if (event.key === "Backspace" && text === "" && last) onChange(last.without);
    else if (event.key === "Escape") input.current?.blur();
  }
  return (
    <div className="flex flex-wrap gap-2 px-3 pt-3 pb-2 wide:flex-nowrap wide:px-4">
      <search className="flex min-h-9 min-w-0 flex-1 basis-full flex-wrap items-center gap-1 rounded-2 border border-line-control bg-surface py-0.5 pr-1.5 pl-2 focus-within:border-accent focus-within:ring-3 focus-within:ring-accent-soft wide:min-h-7 wide:basis-0">
        <Search size={16} strokeWidth={1.5} aria-hidden className="mr-1 shrink-0 text-ink-3" />
        {chips.map((chip) => (
          <Chip
            key={`${chip.key}:${chip.value}`}
            name={chip.key}
            value={chip.value}
            onRemove={() => onChange(chip.without)}
          />
        ))}
        <input
          ref={input}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(null);
          }}
          onKeyDown={press}
          enterKeyHint="search"
          spellCheck={false}
          autoComplete="off"
          aria-label="Filter tasks"
          aria-describedby="task-search-note"
          placeholder={chips.length ? "" : "Task name, id, or state:failed"}
          className="h-8 min-w-32 flex-1 bg-transparent font-mono text-12 outline-none wide:h-5"
        />
        <span id="task-search-note" aria-live="polite" className="text-12 text-failed">
          {problem}
        </span>
        {chips.length > 0 && (
          <button
            type="button"
            onClick={onClear}
            className="rounded-1 px-1.5 py-1 text-12 text-ink-3 hover:text-ink wide:py-0"
          >
            Clear
          </button>
        )}
      </search>
      <RangeSelect filters={filters} onChange={onChange} />
    </div>
  );
}

function Chip({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) {
  return (
    <span className="mono inline-flex h-7 min-w-0 max-w-full items-center rounded-1 bg-active pl-1.5 wide:h-5">
      <span className="shrink-0 text-ink-3">{name}:</span>
      <span className="truncate font-medium" title={value}>
        {value}
      </span>
      <button
        type="button"
        aria-label={`Remove ${name}:${value}`}
        onClick={onRemove}
        className="grid h-full w-7 shrink-0 place-items-center text-ink-3 hover:text-ink wide:w-5"
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
