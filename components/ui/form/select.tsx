"use no memo";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Icon } from "../icons/icon";

type Option = { value: string; label: string };

/** A native select: accessible, touch-friendly and without script. */
export function Select({
  options,
  quiet,
  className,
  ...props
}: ComponentProps<"select"> & { options: readonly Option[]; quiet?: boolean }) {
  return (
    <span className={cn("relative inline-flex h-fit", className)}>
      <select
        className={cn(
          "h-9 w-full appearance-none rounded-2 border bg-surface pr-7 pl-2.5 font-medium text-ink hover:bg-hover wide:h-7",
          quiet ? "border-line-strong shadow-1" : "border-line-control",
        )}
        {...props}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon
        name="chevron-down"
        size={14}
        className="pointer-events-none absolute inset-y-0 right-2 my-auto text-ink-3"
      />
    </span>
  );
}
