import type { ReactNode } from "react";

/** One key. Hidden on narrow screens, which have no keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="ml-0.5 hidden min-w-4 rounded-1 border border-line border-b-line-strong bg-surface px-1 text-center font-medium font-sans text-11 text-ink-3 leading-4 wide:inline-block">
      {children}
    </kbd>
  );
}
