"use client";
import { useMemo } from "react";
import { parseExactly, printExactly } from "@/components/ui/json-model";
import { JsonView } from "@/components/ui/json-view";
import type { TaskDetail } from "@/lib/analytics/types";

/** Everything the engine keeps about the task, as the dashboard reads it. Large values are left out. */
export function RawRows({ detail }: { detail: TaskDetail }) {
  const text = useMemo(() => printExactly(withValues(detail)), [detail]);
  return (
    <div className="m-3 rounded-3 border bg-surface wide:mx-4">
      <JsonView text={text} />
    </div>
  );
}

/** Puts each payload's value in its place; instants and ids stay as they are. */
function withValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withValues);
  if (typeof value !== "object" || value === null) return value;
  if ("bytes" in value && typeof value.bytes === "number") {
    if (!("text" in value) || typeof value.text !== "string") return { bytes: value.bytes };
    return parseExactly(value.text)?.value ?? value.text;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withValues(item)]));
}
