"use client";
import { useEffect, useState } from "react";
import { Icon } from "../icons/icon";
import { copyText } from "../overlay/copy";

/** Copies a text, which may be computed on click, and shows a confirmation for two seconds. */
export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  async function copy() {
    setCopied(await copyText(typeof text === "string" ? text : text()));
  }
  return (
    <button
      type="button"
      aria-label={copied ? "Copied" : label}
      data-tip={label}
      onClick={copy}
      className="inline-grid size-9 shrink-0 place-items-center rounded-1 text-ink-3 hover:bg-active hover:text-ink wide:size-6"
    >
      <Icon name={copied ? "check" : "copy"} size={14} />
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
