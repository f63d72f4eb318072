"use client";
import { useEffect, useRef } from "react";
import { keepClosed } from "../overlay/keep-closed";

/** Characters at the end that are never cut off. */
const TAIL = 6;

/** A name that loses its middle where there is no room, since names often differ at the end; whole on hover. */
export function MiddleTruncate({ text, className }: { text: string; className?: string }) {
  const signs = [...text];
  const head = useRef<HTMLSpanElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text ends elsewhere
  useEffect(() => (head.current ? keepClosed(head.current) : undefined), [text]);
  if (signs.length <= 2 * TAIL)
    return (
      <span className={className} title={text}>
        {text}
      </span>
    );
  return (
    <span className={`flex min-w-0 ${className ?? ""}`} title={text}>
      <span ref={head} className="truncate">
        {signs.slice(0, -TAIL).join("")}
      </span>
      <span className="shrink-0 whitespace-pre">{signs.slice(-TAIL).join("")}</span>
    </span>
  );
}
