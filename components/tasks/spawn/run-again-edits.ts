"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { jsonProblem } from "@/components/events/json-field";
import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import type { TaskDetail } from "@/lib/model/task";
import { payloadQuery } from "@/lib/query/task";
import { retryDelaySeconds } from "@/lib/timeline/retry-delay";

/** What a copy of a task shall have, as text in fields. `null`: as the old one, nothing was typed. */
export type Edits = {
  params: string | null;
  headers: string | null;
  maxAttempts: string | null;
  /** Whether the copy is retried at once, whatever the strategy of the old one. */
  withoutStrategy: boolean;
};

/** What the task has, as the same fields show it; `undefined` while a large value is on its way. */
export type Originals = { params: string | undefined; headers: string; maxAttempts: string };

const UNLIMITED = "";

/** The fields of a copy, what is wrong with them, and what of them an action has to be told. */
export function useEdits({ task }: TaskDetail) {
  // The engine spawns no task with a strategy that it could not follow.
  const refused = "invalid" in retryDelaySeconds(task.retryStrategy, 1);
  const [edits, setEdits] = useState<Edits>({
    params: null,
    headers: null,
    maxAttempts: null,
    withoutStrategy: refused,
  });
  const inline = task.params?.text;
  const large = useQuery({
    ...payloadQuery(task.queue, task.taskId, { of: "params" }),
    enabled: inline === undefined && task.params !== null,
  });
  const originals: Originals = {
    params: pretty(inline ?? large.data),
    headers: pretty(task.headers?.text) ?? "",
    maxAttempts: task.maxAttempts === null ? UNLIMITED : String(task.maxAttempts),
  };
  const changed = {
    params: edits.params !== null && compact(edits.params) !== compact(originals.params),
    headers: edits.headers !== null && compact(edits.headers) !== compact(originals.headers),
    maxAttempts:
      edits.maxAttempts !== null && edits.maxAttempts.trim() !== originals.maxAttempts.trim(),
    withoutStrategy: edits.withoutStrategy,
  };
  const problems = {
    params: changed.params ? jsonProblem(edits.params ?? "") : null,
    headers: changed.headers ? headersProblem(edits.headers ?? "") : null,
    maxAttempts: changed.maxAttempts ? attemptsProblem(edits.maxAttempts ?? "") : null,
  };
  return {
    edits,
    originals,
    changed,
    problems,
    strategy: task.retryStrategy === null ? null : { refused },
    valid: Object.values(problems).every((problem) => problem === null),
    edit: (change: Partial<Edits>) => setEdits((before) => ({ ...before, ...change })),
    /** Only what was changed: everything else is copied inside the database, exactly. */
    input: {
      ...(changed.params && { params: edits.params?.trim() || "null" }),
      ...(changed.headers && { headers: edits.headers?.trim() || "{}" }),
      ...(changed.withoutStrategy && { withoutRetryStrategy: true }),
      ...(changed.maxAttempts && { maxAttempts: toLimit(edits.maxAttempts ?? "") }),
    },
  };
}

/** A limit of attempts as it is typed; nothing is no limit. */
export function toLimit(text: string): number | null {
  return text.trim() === UNLIMITED ? null : Number(text);
}

/** Why a text is no limit of attempts. */
export function attemptsProblem(text: string): string | null {
  const limit = toLimit(text);
  return limit === null || (Number.isInteger(limit) && limit >= 1)
    ? null
    : "A whole number from 1, or nothing for no limit";
}

/** Why a text is no JSON object; an empty one is fine. */
export function headersProblem(text: string): string | null {
  const problem = jsonProblem(text);
  if (problem !== null || text.trim() === "") return problem;
  return text.trim().startsWith("{") ? null : "Headers are a JSON object";
}

function pretty(text: string | undefined): string | undefined {
  const parsed = text === undefined ? undefined : parseExactly(text);
  return parsed && printExactly(parsed.value);
}

/** The same for the same JSON, however it is laid out; a text that is no JSON is itself. */
function compact(text: string | undefined): string {
  return pretty(text) ?? text?.trim() ?? "";
}
