"use client";
import { useState } from "react";
import { plural } from "@/lib/format";
import { foldTrace, type TracePart } from "./fold-trace";

/** Lines shown of a trace in which nothing is the user's own, or of own code that never ends. */
const MOST_LINES = 12;

/** A trace: own code in full, neighbouring frames of libraries folded into one line each. */
export function Trace({ text }: { text: string }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      className="mono min-w-0 overflow-x-auto border-failed-line border-t px-3 py-2 text-ink-2 leading-[18px]"
    >
      {foldTrace(text).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
        <Part key={index} part={part} />
      ))}
    </pre>
  );
}

function Part({ part }: { part: TracePart }) {
  const folded = part.library ? 0 : MOST_LINES;
  const [whole, setWhole] = useState(
    part.lines.length <= folded + 1 && !(part.library && part.frames > 1),
  );
  const rest = part.lines.length - folded;
  return (
    <>
      {(whole ? part.lines : part.lines.slice(0, folded)).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <span key={index} className={part.library ? "block text-ink-3" : "block"}>
          {line || " "}
        </span>
      ))}
      {!whole && (
        <button
          type="button"
          onClick={() => setWhole(true)}
          className="block min-h-9 text-12 text-accent-text hover:underline wide:min-h-0"
        >
          {part.library
            ? `… ${plural(part.frames, "library frame")}`
            : `… ${plural(rest, "more line")}`}
        </button>
      )}
    </>
  );
}
