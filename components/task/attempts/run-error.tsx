"use client";
import { useState } from "react";
import { CopyButton } from "@/components/ui/form/copy-button";
import { plural } from "@/lib/format";
import type { Payload } from "@/lib/model/json";
import { parseError } from "@/lib/timeline/parse-payload";
import { getTrace } from "./compare-errors";
import { foldTrace, type TracePart } from "./fold-trace";

/**
 * An attempt's error: name, message and the trace with library frames folded. The trace starts hidden where the error is
 * `known` from the previous attempt.
 */
export function RunError({ reason, known = false }: { reason: Payload; known?: boolean }) {
  const [open, setOpen] = useState(!known);
  const error = parseError(reason);
  if (!error) return null;
  const trace = getTrace(reason);
  return (
    <div className="min-w-0 rounded-2 border border-failed-line bg-failed-soft">
      <div className="flex items-start">
        <p className="min-w-0 flex-1 break-words px-3 py-2">
          {error.name && <code className="mono font-medium text-failed">{error.name}</code>}
          {error.name && " "}
          <span className="whitespace-pre-wrap">{error.message}</span>
        </p>
        <CopyButton
          text={trace ?? [error.name, error.message].filter(Boolean).join(": ")}
          label="Copy error"
        />
      </div>
      {trace !== null && open && <Trace text={trace} />}
      {trace !== null && !open && (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="min-h-9 px-3 pb-2 text-12 text-accent-text hover:underline wide:min-h-0"
        >
          Show trace
        </button>
      )}
    </div>
  );
}

/** Lines of the user's own code that are shown before the rest folds. */
const MAX_LINES = 12;

/** A trace with each run of library frames folded into one line. */
function Trace({ text }: { text: string }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
      tabIndex={0}
      className="mono min-w-0 overflow-x-auto border-failed-line border-t px-3 py-2 text-ink-2 leading-[18px]"
    >
      {foldTrace(text).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their position
        <Part key={index} part={part} />
      ))}
    </pre>
  );
}

function Part({ part }: { part: TracePart }) {
  const folded = part.library ? 0 : MAX_LINES;
  const [whole, setWhole] = useState(
    part.lines.length <= folded + 1 && !(part.library && part.frames > 1),
  );
  const rest = part.lines.length - folded;
  return (
    <>
      {(whole ? part.lines : part.lines.slice(0, folded)).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their position
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
