"use client";
import { useState } from "react";
import { CopyButton } from "@/components/ui/form/copy-button";
import type { Payload } from "@/lib/model/json";
import { parseError } from "@/lib/timeline/parse-payload";
import { traceOf } from "./compare-errors";
import { Trace } from "./trace";

/**
 * Why an attempt failed: name and message first, then the trace without the frames of libraries; behind a click where
 * it is the same as before.
 */
export function RunError({ reason, known = false }: { reason: Payload; known?: boolean }) {
  const [open, setOpen] = useState(!known);
  const error = parseError(reason);
  if (!error) return null;
  const trace = traceOf(reason);
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
          label="Copy the error"
        />
      </div>
      {trace !== null && open && <Trace text={trace} />}
      {trace !== null && !open && (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="min-h-9 px-3 pb-2 text-12 text-accent-text hover:underline wide:min-h-0"
        >
          Show the trace
        </button>
      )}
    </div>
  );
}
