import { revealControls } from "../format";

/** Attributes that browsers or screen readers show as text, on any component. */
const SHOWN = ["aria-label", "aria-description", "aria-valuetext", "data-tip"] as const;

/** The same, on elements only: components may use these names for values. */
const SHOWN_ON_ELEMENTS = ["title", "alt", "placeholder", "label"] as const;

type Props = { readonly [name: string]: unknown };

/**
 * The properties of an element with the control characters of displayed text replaced by their codes: in its
 * children, and in attributes shown as text. Values, addresses and identifiers are not changed. Returns `props`
 * itself if there is nothing to replace.
 */
export function revealProps(type: unknown, props: unknown): unknown {
  const given = props as Props;
  let revealed: { [name: string]: unknown } | undefined;
  const replace = (name: string) => {
    const before = given[name];
    if (before === undefined) return;
    const after = revealText(before);
    if (after !== before) revealed = { ...(revealed ?? given), [name]: after };
  };
  replace("children");
  for (const name of SHOWN) replace(name);
  if (typeof type === "string") for (const name of SHOWN_ON_ELEMENTS) replace(name);
  return revealed ?? props;
}

/** Returns values without control characters unchanged, so that React compares them as before. */
function revealText(value: unknown): unknown {
  if (typeof value === "string") return revealControls(value);
  if (!Array.isArray(value)) return value;
  const parts = value.map(revealText);
  return parts.some((part, index) => part !== value[index]) ? parts : value;
}
