import type { KeyboardEvent, ReactNode, Ref } from "react";

/* What the plain combobox field shares with the one that has a list. */

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
  /** Called with the option that was clicked, or that was active when Enter was pressed. */
  onChoose: (option: Option) => void;
  /** Whether the list stays open after this option was chosen, as for the beginning of a filter. */
  staysOpen?: (option: Option) => boolean;
  /** Called for Enter without an active option. */
  onSubmit: () => void;
  /**
   * `palette`: the list is always open below the field, and its first option is active. `search`: the list floats below
   * the nearest positioned element while the field has focus, and no option is active until an arrow key is pressed.
   */
  kind: "palette" | "search";
  /** Handles other keys; `active` is the active option. Returns true if it handled the key. */
  onKey?: (event: KeyboardEvent<HTMLInputElement>, active: Option | undefined) => boolean;
  inputRef?: Ref<HTMLInputElement>;
  /** Lays out the field with its surroundings; a palette's list is placed below. */
  row?: (field: ReactNode) => ReactNode;
  onFocus?: () => void;
  className: string;
  placeholder?: string;
  describedBy?: string;
};

/** Focus and selection that the loaded list's field takes over. */
export type Caret = { start: number; end: number } | null;

type InputProps = Pick<
  ComboboxProps<ComboboxOption>,
  "label" | "className" | "placeholder" | "describedBy"
>;

/** Props of the field that are the same before and after its list has loaded. */
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
