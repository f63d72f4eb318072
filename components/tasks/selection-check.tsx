import { useEffect, useRef } from "react";
import { Icon } from "@/components/ui/icon";

/** A checkbox without words, as large as a finger needs on narrow screens. */
export function SelectionCheck({
  label,
  checked,
  mixed = false,
  onToggle,
}: {
  label: string;
  checked: boolean;
  mixed?: boolean;
  onToggle: (reach: boolean) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <span className="relative z-1 -my-2 -ml-3 grid size-11 place-items-center wide:m-0 wide:size-6">
      <input
        ref={input}
        type="checkbox"
        aria-label={label}
        checked={checked}
        onClick={(event) => onToggle(event.shiftKey)}
        onChange={() => {}}
        className="peer absolute inset-0 m-auto size-4 cursor-pointer appearance-none rounded-1 border border-line-control bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent"
      />
      <Icon
        name="check"
        size={12}
        strokeWidth={3}
        className="pointer-events-none absolute hidden text-on-accent peer-checked:block"
      />
      <span className="pointer-events-none absolute hidden h-0.5 w-2 bg-on-accent peer-indeterminate:block" />
    </span>
  );
}
