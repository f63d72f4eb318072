"use client";
import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useRef, useState } from "react";
import { createLoader } from "../feedback/lazy";
import type { LoadedCombobox } from "./combobox-list";
import { isComposing } from "./is-composing";

export type ComboboxOption = {
  key: string;
  /** Heading above the first option of the group. */
  group?: string;
};

export type ComboboxProps<Option extends ComboboxOption> = {
  /** Accessible name of the text field. */
  label: string;
  /** Accessible name of the list. */
  listLabel: string;
  value: string;
  onType: (value: string) => void;
  options: readonly Option[];
  renderOption: (option: Option) => ReactNode;
  /** Called with the option that was clicked, or active when Enter was pressed. */
  onChoose: (option: Option) => void;
  /** Whether the list stays open after this option was chosen, such as for one that is only the start of a filter. */
  staysOpen?: (option: Option) => boolean;
  /** Called for Enter without an active option. */
  onSubmit: () => void;
  /**
   * `palette`: the list is always open below the field, and its first option is active. `search`: the list floats below
   * `anchor` while the field has the focus, and no option is active until an arrow key is pressed.
   */
  kind: "palette" | "search";
  anchor?: React.RefObject<HTMLElement | null>;
  /** Handles further keys; `active` is the active option. Returns true for a key that it handled. */
  onKey?: (event: KeyboardEvent<HTMLInputElement>, active: Option | undefined) => boolean;
  inputRef?: Ref<HTMLInputElement>;
  /** Lays out the field with what is beside it; the list of a palette comes below. */
  row?: (field: ReactNode) => ReactNode;
  onFocus?: () => void;
  className: string;
  placeholder?: string;
  describedBy?: string;
};

const loader = createLoader(
  async (): Promise<{ Combobox: LoadedCombobox }> => await import("./combobox-list"),
);

/** Focus and selection that the field of the loaded list takes over. */
export type Caret = { start: number; end: number } | null;

/**
 * A text field with suggestions. The list loads when the pointer or the focus first reaches the field; until then, and
 * if it cannot be loaded, the field works without suggestions, and the palette lists its options as buttons.
 */
export function Combobox<Option extends ComboboxOption>(props: ComboboxProps<Option>) {
  const { kind, options, renderOption, onChoose, onSubmit, onKey, onType } = props;
  const input = useRef<HTMLInputElement>(null);
  const composing = useRef(false);
  const [loaded, setLoaded] = useState(() => {
    const list = loader.get();
    return list && { list, caret: null as Caret };
  });
  const [failed, setFailed] = useState(false);

  function show() {
    const list = loader.get();
    // Replacing the field would end the composition of an input method.
    if (list && !composing.current) setLoaded({ list, caret: getCaret(input.current) });
  }
  function load() {
    loader.start().then(show, () => {
      loader.reset();
      setFailed(true);
    });
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once; the field of a palette has the focus from the start
  useEffect(() => {
    if (!loaded && document.activeElement === input.current) load();
  }, []);

  if (loaded) return <loaded.list.Combobox {...props} caret={loaded.caret} />;
  const field = (
    <input
      {...inputProps(props)}
      ref={(element) => {
        input.current = element;
        assignRef(props.inputRef, element);
      }}
      value={props.value}
      onChange={(event) => onType(event.target.value)}
      onCompositionStart={() => {
        composing.current = true;
      }}
      onCompositionEnd={() => {
        composing.current = false;
        setTimeout(show);
      }}
      onPointerEnter={load}
      onFocus={() => {
        load();
        props.onFocus?.();
      }}
      onKeyDown={(event) => {
        if (isComposing(event) || onKey?.(event, undefined)) return;
        if (event.key !== "Enter") return;
        const first = kind === "palette" ? options[0] : undefined;
        if (first) onChoose(first);
        else onSubmit();
      }}
    />
  );
  return (
    <>
      {props.row?.(field) ?? field}
      {kind === "palette" && (
        <div className="max-h-[60dvh] overflow-auto border-t p-1">
          {failed && (
            <p role="alert" className="px-2 py-1 text-12 text-ink-2">
              The arrow keys are unavailable, because the dashboard’s server did not respond.
            </p>
          )}
          {options.map((option) => (
            <button
              key={option.key}
              type="button"
              onClick={() => onChoose(option)}
              className="block w-full rounded-2 text-left hover:bg-hover"
            >
              {renderOption(option)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

type InputProps = Pick<
  ComboboxProps<ComboboxOption>,
  "label" | "className" | "placeholder" | "describedBy"
>;

/** What the field has in common before and after its list has loaded. */
export function inputProps({ label, className, placeholder, describedBy }: InputProps) {
  return {
    type: "text",
    "aria-label": label,
    "aria-describedby": describedBy,
    "data-autofocus": true,
    enterKeyHint: "search",
    spellCheck: false,
    autoComplete: "off",
    autoCapitalize: "none",
    className,
    placeholder,
  } as const;
}

export function assignRef<T>(ref: Ref<T> | undefined, element: T | null): void {
  if (typeof ref === "function") ref(element);
  else if (ref) ref.current = element;
}

function getCaret(input: HTMLInputElement | null): Caret {
  if (!input || document.activeElement !== input) return null;
  return { start: input.selectionStart ?? 0, end: input.selectionEnd ?? 0 };
}
