"use client";
import { Autocomplete } from "@base-ui/react/autocomplete";
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import {
  assignRef,
  type Caret,
  type ComboboxOption,
  type ComboboxProps,
  inputProps,
} from "./combobox-field";
import { isComposing } from "./is-composing";

type Props<Option extends ComboboxOption> = ComboboxProps<Option> & { caret: Caret };

/**
 * The field with its list, rendered once the library has loaded. It takes over focus and caret from the plain field.
 */
export function Combobox<Option extends ComboboxOption>(props: Props<Option>) {
  const { kind, value, options, onType, onKey, onSubmit, onChoose, caret } = props;
  const [isOpen, setOpen] = useState(caret !== null);
  const active = useRef<Option>(undefined);
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it replaces the plain field
  useLayoutEffect(() => {
    if (!caret) return;
    input.current?.focus();
    input.current?.setSelectionRange(caret.start, caret.end);
  }, []);
  const isPalette = kind === "palette";
  const isShown = isPalette || (isOpen && options.length > 0);

  function press(event: KeyboardEvent<HTMLInputElement> & { preventBaseUIHandler: () => void }) {
    if (isComposing(event)) return event.preventBaseUIHandler();
    if (event.key === "Escape") {
      // In a palette, Escape belongs to the surrounding dialog.
      event.preventBaseUIHandler();
      if (!isPalette && isShown) return setOpen(false);
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") setOpen(true);
    if (onKey?.(event, isShown ? active.current : undefined)) event.preventBaseUIHandler();
    else if (event.key === "Enter" && !(isShown && active.current)) {
      setOpen(false);
      onSubmit();
    }
  }
  function choose(option: Option) {
    if (!props.staysOpen?.(option)) setOpen(false);
    onChoose(option);
  }
  const field = (
    <Autocomplete.Input
      {...inputProps(props)}
      aria-expanded={isShown}
      ref={(element) => {
        input.current = element;
        assignRef(props.inputRef, element);
      }}
      onFocus={() => {
        setOpen(true);
        props.onFocus?.();
      }}
      onBlur={() => setOpen(false)}
      onKeyDown={press}
    />
  );
  const list = (
    <Autocomplete.List
      aria-label={props.listLabel}
      className={isPalette ? "max-h-[60dvh] overflow-auto p-1" : "max-h-[50dvh] overflow-auto p-1"}
    >
      {isPalette
        ? groupOptions(options).map(({ group, members }) => (
            <Autocomplete.Group key={group} items={members}>
              {group && (
                <Autocomplete.GroupLabel className="px-2 pt-2 pb-1 text-12 text-ink-3">
                  {group}
                </Autocomplete.GroupLabel>
              )}
              {members.map((option) => (
                <Item
                  key={option.key}
                  option={option}
                  renderOption={props.renderOption}
                  onChoose={choose}
                />
              ))}
            </Autocomplete.Group>
          ))
        : options.map((option) => (
            <Item
              key={option.key}
              option={option}
              renderOption={props.renderOption}
              onChoose={choose}
            />
          ))}
    </Autocomplete.List>
  );
  return (
    <Autocomplete.Root
      items={options}
      filter={null}
      mode="none"
      itemToStringValue={(option: Option) => option.key}
      value={value}
      onValueChange={(next, { reason }) => {
        // Choosing an option also reports its text, but `onChoose` decides what the field shows.
        if (reason !== "input-change") return;
        active.current = undefined;
        setOpen(true);
        onType(next);
      }}
      inline
      open
      autoHighlight={isPalette ? "always" : false}
      keepHighlight={isPalette}
      highlightItemOnHover={isPalette}
      onItemHighlighted={(option) => {
        active.current = option;
      }}
    >
      {props.row?.(field) ?? field}
      {isPalette && <div className="border-t">{list}</div>}
      {!isPalette && isShown && (
        // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the focus in the field
        <div
          onMouseDown={(event) => event.preventDefault()}
          className="absolute top-full left-0 z-30 mt-1 w-[560px] max-w-full rounded-3 bg-raised shadow-3"
        >
          {list}
        </div>
      )}
    </Autocomplete.Root>
  );
}

function Item<Option extends ComboboxOption>({
  option,
  onChoose,
  renderOption,
}: Pick<Props<Option>, "onChoose" | "renderOption"> & { option: Option }) {
  return (
    <Autocomplete.Item
      value={option}
      onClick={() => onChoose(option)}
      className="group cursor-pointer rounded-2 hover:bg-hover data-highlighted:bg-active"
    >
      {renderOption(option)}
    </Autocomplete.Item>
  );
}

/** Groups neighbouring options, keeping their order. */
function groupOptions<Option extends ComboboxOption>(options: readonly Option[]) {
  const groups: { group: string; members: Option[] }[] = [];
  for (const option of options) {
    const last = groups.at(-1);
    if (last && last.group === (option.group ?? "")) last.members.push(option);
    else groups.push({ group: option.group ?? "", members: [option] });
  }
  return groups;
}
