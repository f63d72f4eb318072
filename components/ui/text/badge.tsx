import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const TONES = {
  neutral: "border-line bg-canvas text-ink-2",
  warning: "border-pending-line bg-pending-soft text-pending",
  bad: "border-failed-line bg-failed-soft text-failed",
} as const;

/** A short label beside a name. */
export function Badge({
  tone = "neutral",
  children,
}: {
  tone?: keyof typeof TONES;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-[18px] items-center whitespace-nowrap rounded-1 border px-1.5 text-12",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
