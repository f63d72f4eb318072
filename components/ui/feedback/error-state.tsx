"use no memo";
import type { ReactNode } from "react";
import { Icon } from "../icons/icon";

/** What happened and what to try. `code` is meant to be quoted in support requests. */
export function ErrorState({
  title,
  message,
  hint,
  code,
  actions,
  heading: Heading = "h2",
}: {
  title: string;
  message?: ReactNode;
  hint?: ReactNode;
  code?: string | undefined;
  actions?: ReactNode;
  heading?: "h1" | "h2" | "h3";
}) {
  return (
    <div
      role="alert"
      className="mx-3 my-4 max-w-xl rounded-3 border border-failed-line bg-surface px-4 py-3 wide:mx-4"
    >
      <Heading className="flex items-center gap-2 font-semibold text-14">
        <Icon name="octagon-x" strokeWidth={2} className="shrink-0 text-failed-solid" />
        {title}
      </Heading>
      {message && <p className="mt-1 break-words text-ink-2">{message}</p>}
      {hint && <p className="mt-1 text-ink-2">{hint}</p>}
      {code && (
        <p className="mt-2 text-12 text-ink-3">
          Code <code className="mono text-ink-2">{code}</code>
        </p>
      )}
      {actions && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
