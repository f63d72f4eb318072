"use client";
import { CopyButton } from "@/components/ui/copy-button";
import type { Payload } from "@/lib/analytics/types";
import { readError } from "@/lib/timeline/read-json";
import { traceOf } from "./compare-errors";
import { Trace } from "./trace";

/** Why an attempt failed: name and message first, then the trace without the frames of libraries. */
export function RunError({ reason }: { reason: Payload }) {
  const error = readError(reason);
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
      {trace !== null && <Trace text={trace} />}
    </div>
  );
}
