"use no memo";
/**
 * A checkbox without visible text, with a touch target of 44 px on narrow screens. The check mark is drawn with two
 * borders rather than an icon, since a page may have 200 of them.
 *
 * @param mixed for a checkbox that covers several rows: some of them are selected.
 */
export function SelectionCheck({
  label,
  checked,
  mixed,
  onToggle,
}: {
  label: string;
  checked: boolean;
  mixed?: boolean;
  onToggle: (range: boolean) => void;
}) {
  return (
    <span className="relative z-1 -my-2 -ml-3 grid size-11 place-items-center wide:m-0 wide:size-6">
      <input
        ref={mixed === undefined ? null : (input) => setMixed(input, mixed)}
        type="checkbox"
        aria-label={label}
        checked={checked}
        onClick={(event) => onToggle(event.shiftKey)}
        onChange={() => {}}
        className="peer absolute inset-0 m-auto size-4 cursor-pointer appearance-none rounded-1 border border-line-control bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent"
      />
      <span className="pointer-events-none absolute mb-0.5 h-2 w-[5px] invisible rotate-45 border-on-accent border-r-2 border-b-2 peer-checked:visible" />
      {mixed !== undefined && (
        <span className="pointer-events-none absolute hidden h-0.5 w-2 bg-on-accent peer-indeterminate:block" />
      )}
    </span>
  );
}

/** `indeterminate` is only a property; it has no attribute. */
function setMixed(input: HTMLInputElement | null, mixed: boolean) {
  if (input) input.indeterminate = mixed;
}
