import type { ComponentProps, ReactNode } from "react";
import { Icon } from "../icons/icon";

/** A checkbox with its label; the whole line can be clicked. */
export function Checkbox({
  children,
  ...props
}: Omit<ComponentProps<"input">, "type"> & { children: ReactNode }) {
  return (
    <label className="flex min-h-11 cursor-pointer items-center gap-2 wide:min-h-7">
      <span className="relative grid place-items-center">
        <input
          type="checkbox"
          className="peer size-4 cursor-pointer appearance-none rounded-1 border border-line-control bg-surface checked:border-accent checked:bg-accent"
          {...props}
        />
        <Icon
          name="check"
          size={12}
          strokeWidth={3}
          className="pointer-events-none absolute hidden text-on-accent peer-checked:block forced-colors:text-[CanvasText]"
        />
      </span>
      <span>{children}</span>
    </label>
  );
}
