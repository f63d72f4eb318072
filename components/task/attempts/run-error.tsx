"use client";
import { useState } from "react";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Name } from "@/components/ui/text/name";
import { cn } from "@/lib/cn";
import { formatSize, plural } from "@/lib/format";
import type { Payload } from "@/lib/model/json";
import type { RecordedError } from "@/lib/model/recorded-error";
import { parseError } from "@/lib/timeline/parse-payload";
import { formatHead } from "./compare-errors";
import { foldTrace, type TracePart } from "./fold-trace";

/**
 * An attempt's error: name, code, message, trace with library frames folded, and causes. Traces start collapsed if the
 * error is `known` from the previous attempt.
 */
export function RunError({ reason, known = false }: { reason: Payload; known?: boolean }) {
  const error = parseError(reason);
  if (!error) return null;
  return (
    <div className="min-w-0 rounded-2 border border-failed-line bg-failed-soft">
      <ErrorBlock error={error} known={known} copy />
      {reason?.text === undefined && (
        <p className="border-failed-line border-t px-3 py-1 text-12 text-ink-3">
          Beginning of an error of {reason && formatSize(reason)}.
        </p>
      )}
    </div>
  );
}

function ErrorBlock({
  error,
  known,
  relation,
  copy = false,
}: {
  error: RecordedError;
  known: boolean;
  /** Its relation to the error above. */
  relation?: string;
  copy?: boolean;
}) {
  const [open, setOpen] = useState(!known);
  const { name, code, message, trace, cause, errors } = error;
  return (
    <>
      <div className="flex items-start">
        <p className="min-w-0 flex-1 break-words px-3 py-2">
          {relation && <span className="text-ink-3">{relation}: </span>}
          {name && (
            <code className="mono font-medium text-failed">
              <Name text={name} />
            </code>
          )}
          {name && " "}
          {code !== null && <code className="mono text-ink-2">{code}</code>}
          {code !== null && " "}
          {!name && message.trim() === "" && <span className="text-ink-3">No message</span>}
          <span className={cn("whitespace-pre-wrap", error.isValue && "mono")}>
            <Name text={message} />
          </span>
        </p>
        {copy && <CopyButton text={trace ?? formatHead(error)} label="Copy error" />}
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
      {(cause || errors.length > 0) && (
        <div className="border-failed-line border-t">
          {cause && <ErrorBlock error={cause} known={known} relation="Caused by" />}
          {errors.map((inner, index) => (
            <ErrorBlock
              // biome-ignore lint/suspicious/noArrayIndexKey: errors have no identity but their position
              key={index}
              error={inner}
              known={known}
              relation={`Error ${index + 1}`}
            />
          ))}
        </div>
      )}
    </>
  );
}

/** Maximum number of the user's own frames before the rest is folded. */
const MAX_LINES = 12;

/** A trace in which each sequence of library frames is folded into one line. */
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
