"use client";
import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import type { Payload } from "@/lib/analytics/types";
import { plural } from "@/lib/format";
import { readError, readObject } from "@/lib/timeline/read-json";

/** Why an attempt failed: name and message first, the trace folded to its first lines. */
export function RunError({ reason }: { reason: Payload }) {
  const error = readError(reason);
  if (!error) return null;
  const details = readObject(reason);
  const trace = [details?.stack, details?.traceback].find((value) => typeof value === "string");
  return (
    <div className="min-w-0 rounded-2 border border-failed-line bg-failed-soft">
      <p className="break-words px-3 py-2">
        {error.name && <code className="mono font-medium text-failed">{error.name}</code>}
        {error.name && " "}
        <span className="whitespace-pre-wrap">{error.message}</span>
      </p>
      {typeof trace === "string" && trace !== "" && <Trace text={trace} />}
    </div>
  );
}

const FOLDED_LINES = 4;

function Trace({ text }: { text: string }) {
  const lines = text.split("\n");
  const [whole, setWhole] = useState(lines.length <= FOLDED_LINES + 1);
  return (
    <div className="border-failed-line border-t">
      <div className="flex items-start">
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          className="mono min-w-0 flex-1 overflow-x-auto px-3 py-2 text-ink-2 leading-[18px]"
        >
          {(whole ? lines : lines.slice(0, FOLDED_LINES)).join("\n")}
        </pre>
        <CopyButton text={text} label="Copy the trace" />
      </div>
      {!whole && (
        <button
          type="button"
          onClick={() => setWhole(true)}
          className="min-h-9 px-3 pb-2 text-12 text-accent-text hover:underline wide:min-h-0"
        >
          {plural(lines.length - FOLDED_LINES, "more line")}
        </button>
      )}
    </div>
  );
}
