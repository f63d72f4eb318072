"use client";
"use no memo";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { createLoader } from "../feedback/lazy";
import {
  assignRef,
  type Caret,
  type ComboboxOption,
  type ComboboxProps,
  inputProps,
} from "./combobox-field";
import { isComposing } from "./is-composing";

const loader = createLoader(() => import("./combobox-list"));

/**
 * A text field with suggestions. The list loads when the field is first hovered or focused. Until then, and if loading
 * fails, the field works without suggestions, and the palette lists its options as buttons.
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
    // Replacing the field would end an input method's composition.
    if (!list || composing.current) return;
    // Synchronous, so that no key is typed between reading the caret and replacing the field.
    flushSync(() => setLoaded({ list, caret: getCaret(input.current) }));
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
      role="combobox"
      aria-expanded={false}
      aria-autocomplete="list"
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

function getCaret(input: HTMLInputElement | null): Caret {
  if (!input || document.activeElement !== input) return null;
  return { start: input.selectionStart ?? 0, end: input.selectionEnd ?? 0 };
}
