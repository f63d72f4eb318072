"use client";
"use no memo";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useQueues } from "@/components/queues/use-queues";
import { Combobox } from "@/components/ui/form/combobox";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { Icon } from "@/components/ui/icons/icon";
import { usePageRouter } from "@/components/ui/text/prefix";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import { pickQuery, type TaskFilters } from "@/lib/search-params/tasks/filters";
import { listWords, withoutWord } from "@/lib/search-params/tasks/query";
import type { Suggestion } from "./search-language";

const loadLanguage = () => import("./search-language");

type Props = {
  filters: TaskFilters;
  fixedQueue: string | undefined;
  onChange: (change: Partial<TaskFilters>) => void;
  onClear: () => void;
};

/** The filters as chips, and a box whose words become chips on Enter. A complete id opens its task instead. */
export function TaskSearch({ filters, fixedQueue, onChange, onClear }: Props) {
  const router = usePageRouter();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [used, setUsed] = useState(false);
  const { language, suggestions, isName } = useSuggestions(text, filters.queue, used);
  const chips = filterChips(fixedQueue === undefined ? filters : { ...filters, queue: [] });
  useHotkeys({ "/": () => input.current?.focus() });

  function type(value: string) {
    setText(value);
    setProblem(null);
  }
  async function submit(typed: string) {
    if (!typed.trim()) return;
    const loaded = language ?? (await loadLanguage().catch(() => null));
    if (!loaded)
      return setProblem("The dashboard’s server did not respond. Press Enter to try again.");
    const parsed = loaded.parseInput(typed, filters, isName);
    if ("problem" in parsed) {
      const { message, from, to } = parsed.problem;
      setProblem(message);
      input.current?.setSelectionRange(from, to);
    } else if ("openId" in parsed) {
      const found = await loaded.findById(parsed.openId);
      if ("href" in found) router.push(found.href);
      else setProblem(found.problem);
    } else {
      const { queue: _, ...rest } = parsed.filters;
      onChange(fixedQueue === undefined ? parsed.filters : rest);
      setText("");
    }
  }
  function choose(suggestion: Suggestion) {
    if (suggestion.complete) {
      setText(suggestion.text);
      submit(suggestion.text);
    } else type(suggestion.text);
    input.current?.focus();
  }
  function press(event: KeyboardEvent, active: Suggestion | undefined): boolean {
    const last = chips.at(-1);
    if (event.key === "Tab" && active && !event.shiftKey) {
      event.preventDefault();
      type(active.text);
    } else if (event.key === "Backspace" && text === "" && last) onChange(last.without);
    else if (event.key === "Escape") input.current?.blur();
    else return false;
    return true;
  }
  return (
    <search className="relative flex min-h-9 min-w-0 flex-1 basis-full flex-wrap items-center gap-1 rounded-2 border border-line-control bg-surface py-0.5 pr-1.5 pl-2 focus-within:border-accent focus-within:ring-3 focus-within:ring-accent-soft wide:min-h-7 wide:basis-0">
      <Icon name="search" className="mr-1 shrink-0 text-ink-3" />
      {chips.map((chip) => (
        <FilterChip key={chip.text} chip={chip} onRemove={() => onChange(chip.without)} />
      ))}
      <Combobox
        kind="search"
        label="Filter tasks"
        listLabel="Suggestions"
        describedBy="task-search-note"
        placeholder={chips.length ? "" : "Name, id, any value, state:failed, params.order.id:42"}
        className="h-8 min-w-32 flex-1 bg-transparent font-mono text-12 outline-none wide:h-5"
        inputRef={input}
        value={text}
        onType={type}
        options={suggestions}
        renderOption={(suggestion) => <SuggestionLine suggestion={suggestion} />}
        onChoose={choose}
        staysOpen={(suggestion) => !suggestion.complete}
        onSubmit={() => submit(text)}
        onKey={press}
        onFocus={() => setUsed(true)}
      />
      {chips.length > 0 && (
        <button
          type="button"
          onClick={onClear}
          className="rounded-1 px-1.5 py-1 text-12 text-ink-3 hover:text-ink wide:py-0"
        >
          Clear
        </button>
      )}
      <span
        id="task-search-note"
        aria-live="polite"
        className="basis-full break-words text-12 text-failed empty:hidden"
      >
        {problem}
      </span>
    </search>
  );
}

/** The parser and suggestions, loaded when the box is first used, and the completions of the typed text. */
function useSuggestions(text: string, queue: string[], enabled: boolean) {
  const { data: known } = useQuery({ ...taskSuggestionsQuery(queue), enabled, retry: false });
  const queues = useQueues().data?.queues.map(({ name }) => name) ?? [];
  const [language, setLanguage] = useState<Awaited<ReturnType<typeof loadLanguage>>>();
  useEffect(() => {
    // A failure here only means no suggestions: Enter retries the import and reports its failure.
    if (enabled) loadLanguage().then(setLanguage, () => undefined);
  }, [enabled]);
  return {
    language,
    suggestions: language?.suggest(text, known, queues) ?? [],
    isName: (word: string) => known?.names.includes(word) ?? false,
  };
}

function SuggestionLine({ suggestion: { word, note } }: { suggestion: Suggestion }) {
  return (
    <span className="flex min-h-10 items-center gap-3 px-2 wide:min-h-7">
      <span className="mono min-w-0 truncate font-medium">{word}</span>
      <span className="ml-auto min-w-0 truncate text-12 text-ink-3">{note}</span>
    </span>
  );
}

type Chip = { text: string; key: string; value: string; without: Partial<TaskFilters> };

/** One chip per filter, with the filters that remain without it. */
export function filterChips(filters: TaskFilters): Chip[] {
  const query = pickQuery(filters);
  return listWords(query).map((word) => {
    const [, key = "", value = ""] =
      /^((?:"(?:[^"\\]|\\.)*"|[^:<>])*[:<>]=?)(.*)$/s.exec(word.text) ?? [];
    return { text: word.text, key, value, without: withoutWord(query, word) };
  });
}

function FilterChip({ chip, onRemove }: { chip: Chip; onRemove: () => void }) {
  return (
    <span className="mono inline-flex h-7 min-w-0 max-w-full items-center rounded-1 bg-active pl-1.5 wide:h-5">
      <span className="shrink-0 text-ink-3">{chip.key}</span>
      <span className="truncate font-medium" data-tip={chip.value}>
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
