"use no memo";
import type { ComponentProps, ReactNode } from "react";
import { useId } from "react";
import { cn } from "@/lib/cn";

const CONTROL =
  "w-full rounded-2 border border-line-control bg-surface px-2 text-ink disabled:bg-canvas disabled:text-ink-3";

/** A labelled control. The error replaces the hint and is announced with the control. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: (ids: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <label htmlFor={id} className="text-12 text-ink-2">
        {label}
      </label>
      {children({ id, "aria-describedby": `${id}-note`, "aria-invalid": Boolean(error) })}
      <p
        id={`${id}-note`}
        aria-live="polite"
        className={cn("break-words text-12 empty:hidden", error ? "text-failed" : "text-ink-3")}
      >
        {error ?? hint}
      </p>
    </div>
  );
}

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(CONTROL, "h-11 wide:h-8", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(CONTROL, "py-1.5", className)} {...props} />;
}
