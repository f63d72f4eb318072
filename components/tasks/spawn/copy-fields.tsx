"use client";
import { useQuery } from "@tanstack/react-query";
import { diffLines } from "diff";
import { useState } from "react";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { Checkbox } from "@/components/ui/form/checkbox";
import { Field, Input, Textarea } from "@/components/ui/form/field";
import { jsonProblem } from "@/components/ui/form/json-field";
import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import { cn } from "@/lib/cn";
import type { TaskDetail } from "@/lib/model/task";
import { payloadQuery } from "@/lib/query/task";
import { retryDelaySeconds } from "@/lib/timeline/retry-delay";
import { attemptsProblem, headersProblem, parseLimit } from "./spawn-form";

const REDACTED = "Values shown as [redacted n] are copied unchanged unless you replace them";

/** Params, headers and attempt limit of a copy, with a diff of each change. */
export function CopyFields({ form }: { form: ReturnType<typeof useCopyForm> }) {
  const { edits, originals, changed, problems, edit } = form;
  return (
    <div className="mt-3 flex flex-col gap-2">
      <Field
        label="Params"
        error={problems.params}
        hint={originals.params?.includes("[redacted ") && REDACTED}
      >
        {(ids) => (
          <Textarea
            {...ids}
            rows={7}
            spellCheck={false}
            className="mono leading-[18px]"
            disabled={originals.params === undefined}
            value={edits.params ?? originals.params ?? "Loading…"}
            onChange={(event) => edit({ params: event.target.value })}
          />
        )}
      </Field>
      {changed.params && !problems.params && (
        <LineDiff what="params" from={originals.params ?? ""} to={edits.params ?? ""} />
      )}
      {form.strategy?.refused && (
        <p className="text-12 text-ink-2">
          The engine rejects the retry strategy of this task, so the copy is retried without delay.
        </p>
      )}
      <details>
        <summary className="min-h-8 cursor-pointer py-1 text-12 text-ink-2">
          Headers and attempt limit
        </summary>
        <div className="flex flex-col gap-2 pt-1">
          <Field
            label="Headers"
            error={problems.headers}
            hint={
              originals.headers.includes("[redacted ") ? REDACTED : "A link to this task is added"
            }
          >
            {(ids) => (
              <Textarea
                {...ids}
                rows={4}
                spellCheck={false}
                className="mono leading-[18px]"
                value={edits.headers ?? originals.headers}
                onChange={(event) => edit({ headers: event.target.value })}
              />
            )}
          </Field>
          {changed.headers && !problems.headers && (
            <LineDiff what="headers" from={originals.headers} to={edits.headers ?? ""} />
          )}
          {form.strategy && !form.strategy.refused && (
            <Checkbox
              checked={edits.withoutStrategy}
              onChange={(event) => edit({ withoutStrategy: event.target.checked })}
            >
              Retry without delay, ignoring the retry strategy
            </Checkbox>
          )}
          <Field label="Attempt limit" error={problems.maxAttempts} hint="Empty means no limit">
            {(ids) => (
              <Input
                {...ids}
                inputMode="numeric"
                value={edits.maxAttempts ?? originals.maxAttempts}
                onChange={(event) => edit({ maxAttempts: event.target.value })}
              />
            )}
          </Field>
        </div>
      </details>
    </div>
  );
}

const MAX_DIFF_CHARS = 100_000;

/** The lines changed by an edit. */
function LineDiff({ what, from, to }: { what: string; from: string; to: string }) {
  if (from.length + to.length > MAX_DIFF_CHARS)
    return <p className="mt-1 text-12 text-ink-3">Too large to compare line by line.</p>;
  const parts = diffLines(`${from}\n`, `${to}\n`);
  return (
    <section aria-label={`Changes to the ${what}`} className="mt-1 rounded-2 border bg-canvas py-1">
      <ScrollBox className="max-h-48 overflow-auto">
        {parts.map((part, index) => (
          <Part
            // biome-ignore lint/suspicious/noArrayIndexKey: parts are identified by their position
            key={index}
            sign={part.added ? "+" : part.removed ? "−" : " "}
            lines={part.value.replace(/\n$/, "").split("\n")}
          />
        ))}
      </ScrollBox>
    </section>
  );
}

/** Unchanged lines kept on each side of a change. */
const CONTEXT_LINES = 2;

function Part({ sign, lines }: { sign: "+" | "−" | " "; lines: string[] }) {
  const shown =
    sign === " " && lines.length > CONTEXT_LINES * 2 + 1
      ? [...lines.slice(0, CONTEXT_LINES), "⋯", ...lines.slice(-CONTEXT_LINES)]
      : lines;
  return (
    <pre
      className={cn(
        "mono whitespace-pre-wrap break-all px-2 text-12 leading-[18px]",
        sign === "+" && "bg-completed-soft text-completed",
        sign === "−" && "bg-failed-soft text-failed",
        sign === " " && "text-ink-3",
      )}
    >
      {shown.map((line) => `${sign} ${line}`).join("\n")}
    </pre>
  );
}

/** Edits to a copy, as text. `null` means unchanged. */
type Edits = {
  params: string | null;
  headers: string | null;
  maxAttempts: string | null;
  /** Drops the retry strategy of the original, so that the copy retries without delay. */
  withoutStrategy: boolean;
};

/** The original values, as text; `undefined` while a large one is loading. */
type Originals = { params: string | undefined; headers: string; maxAttempts: string };

/** The state of `CopyFields`: originals, edits, their problems, and `input`, the changes as the action takes them. */
export function useCopyForm({ task }: TaskDetail) {
  // The engine refuses to spawn a task with an invalid strategy.
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
    maxAttempts: task.maxAttempts === null ? "" : String(task.maxAttempts),
  };
  const changed = {
    params: edits.params !== null && normalize(edits.params) !== normalize(originals.params),
    headers: edits.headers !== null && normalize(edits.headers) !== normalize(originals.headers),
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
    /** Only the changes; everything else is copied exactly, inside the database. */
    input: {
      ...(changed.params && { params: edits.params?.trim() || "null" }),
      ...(changed.headers && { headers: edits.headers?.trim() || "{}" }),
      ...(changed.withoutStrategy && { withoutRetryStrategy: true }),
      ...(changed.maxAttempts && { maxAttempts: parseLimit(edits.maxAttempts ?? "") }),
    },
  };
}

function pretty(text: string | undefined): string | undefined {
  const parsed = text === undefined ? undefined : parseExactly(text);
  return parsed && printExactly(parsed.value);
}

/** Normalizes JSON for comparison; other text is only trimmed. */
function normalize(text: string | undefined): string {
  return pretty(text) ?? text?.trim() ?? "";
}
