"use client";
import { Checkbox } from "@/components/ui/form/checkbox";
import { Field, Input, Textarea } from "@/components/ui/form/field";
import { RunAgainDiff } from "./run-again-diff";
import type { useEdits } from "./run-again-edits";

const HIDDEN = "Values that read [redacted n] are kept as they are, unless you write others";

/** Params, headers and limit of a copy, with what an edit changes. */
export function RunAgainFields({ form }: { form: ReturnType<typeof useEdits> }) {
  const { edits, originals, changed, problems, edit } = form;
  return (
    <div className="mt-3 flex flex-col gap-2">
      <Field
        label="Params"
        error={problems.params}
        hint={originals.params?.includes("[redacted ") && HIDDEN}
      >
        {(ids) => (
          <Textarea
            {...ids}
            rows={7}
            spellCheck={false}
            className="mono leading-[18px]"
            disabled={originals.params === undefined}
            value={edits.params ?? originals.params ?? "Reading…"}
            onChange={(event) => edit({ params: event.target.value })}
          />
        )}
      </Field>
      {changed.params && !problems.params && (
        <RunAgainDiff what="params" from={originals.params ?? ""} to={edits.params ?? ""} />
      )}
      {form.strategy?.refused && (
        <p className="text-12 text-ink-2">
          The engine refuses its retry strategy, so the copy is retried at once.
        </p>
      )}
      <details>
        <summary className="min-h-8 cursor-pointer py-1 text-12 text-ink-2">
          Headers and limit of attempts
        </summary>
        <div className="flex flex-col gap-2 pt-1">
          <Field
            label="Headers"
            error={problems.headers}
            hint={
              originals.headers.includes("[redacted ")
                ? HIDDEN
                : "The links to this task are added to them"
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
            <RunAgainDiff what="headers" from={originals.headers} to={edits.headers ?? ""} />
          )}
          {form.strategy && !form.strategy.refused && (
            <Checkbox
              checked={edits.withoutStrategy}
              onChange={(event) => edit({ withoutStrategy: event.target.checked })}
            >
              Retried at once, without its retry strategy
            </Checkbox>
          )}
          <Field label="Attempts at most" error={problems.maxAttempts} hint="Empty: no limit">
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
