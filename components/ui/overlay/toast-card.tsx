"use client";
import { useEffect } from "react";
import { Icon } from "../icons/icon";
import { Link } from "../text/link";

export type Toast = {
  title: string;
  text?: string | undefined;
  link?: { href: string; label: string };
};

const STAYS_MS = 6_000;

/** One outcome, for some seconds or until it is dismissed. `onDismiss` is the same function at each call. */
export function ToastCard({ title, text, link, onDismiss }: Toast & { onDismiss: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onDismiss, STAYS_MS);
    return () => clearTimeout(timer);
  }, [onDismiss]);
  return (
    <div className="float-in pointer-events-auto flex min-h-12 items-center gap-2.5 rounded-3 bg-raised py-1.5 pr-2 pl-3 shadow-2">
      <Icon name="circle-check" strokeWidth={2} className="shrink-0 text-completed-solid" />
      <div className="min-w-0 flex-1">
        <p className="break-words font-semibold">{title}</p>
        {text && <p className="break-words text-12 text-ink-2">{text}</p>}
      </div>
      {link && (
        <Link href={link.href} className="px-2 font-medium text-accent-text hover:underline">
          {link.label}
        </Link>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={onDismiss}
        className="grid size-11 shrink-0 place-items-center rounded-2 text-ink-2 hover:bg-active wide:size-7"
      >
        <Icon name="x" />
      </button>
    </div>
  );
}
