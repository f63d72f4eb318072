import type { ComponentProps, ReactNode } from "react";

/** One of several choices with a description; the whole block can be clicked. */
export function Radio({
  label,
  children,
  ...props
}: Omit<ComponentProps<"input">, "type"> & { label: ReactNode }) {
  return (
    <label className="flex min-h-11 cursor-pointer gap-2 rounded-2 border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft wide:min-h-0">
      <input type="radio" className="mt-[3px] size-3.5 shrink-0 accent-accent" {...props} />
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{label}</span>
        {children && <span className="block text-12 text-ink-2">{children}</span>}
      </span>
    </label>
  );
}
