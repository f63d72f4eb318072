import { ReasonField } from "@/components/audit/reason-field";
import { Button } from "@/components/ui/form/button";
import { Field, Textarea } from "@/components/ui/form/field";
import { jsonProblem } from "@/components/ui/form/json-field";
import { Select } from "@/components/ui/form/select";
import { PreviewProblem } from "../preview-problem";
import { WorkflowInputField } from "./input-field";
import { getText } from "./input-form";
import { StartPreview } from "./start-preview";
import type { Prepared, StartForm } from "./use-start-form";

/** Inputs, queue and tags of a new run, with a preview. */
export function StartFields({
  prepared,
  form,
  reason,
  onReason,
}: {
  prepared: Prepared;
  form: StartForm;
  reason: string;
  onReason: (reason: string) => void;
}) {
  const { fields, json, queue, problem } = form;
  return (
    <div className="flex flex-col gap-3">
      <section aria-label="Inputs" className="flex flex-col gap-2">
        <header className="flex items-center justify-between">
          <h3 className="font-semibold">Inputs</h3>
          <Button variant="ghost" className="-mr-2.5" onClick={form.toggleJson}>
            {json === null ? "Edit as JSON" : "Edit as form"}
          </Button>
        </header>
        {json === null ? (
          <>
            {fields.length === 0 && (
              <p className="text-ink-3">
                This workflow declares no inputs; others can be given as JSON.
              </p>
            )}
            {fields.map((field, index) => (
              <WorkflowInputField
                key={field.name}
                field={field}
                text={getText(field, form.texts)}
                touched={Object.hasOwn(form.texts, field.name)}
                autoFocus={index === 0}
                onChange={(text) => form.setText(field.name, text)}
              />
            ))}
          </>
        ) : (
          <Field label="Inputs as a JSON object" error={jsonProblem(json)}>
            {(ids) => (
              <Textarea
                {...ids}
                rows={8}
                spellCheck={false}
                className="mono leading-[18px]"
                value={json}
                onChange={({ target }) => form.setJson(target.value)}
              />
            )}
          </Field>
        )}
      </section>
      <div className="flex flex-col gap-2 wide:flex-row">
        <Field label="Queue" hint="Needs a worker that runs workflows">
          {(ids) => (
            <Select
              {...ids}
              className="w-full *:h-11 wide:*:h-8"
              value={queue}
              options={prepared.queues.map((name) => ({ value: name, label: name }))}
              onChange={({ target }) => form.setQueue(target.value)}
            />
          )}
        </Field>
        <Field label="Tags" error={form.tagsProblem} hint="key=value, one per line">
          {(ids) => (
            <Textarea
              {...ids}
              rows={1}
              spellCheck={false}
              className="mono min-h-11 leading-[18px] wide:min-h-8"
              placeholder="region=eu"
              value={form.tags}
              onChange={({ target }) => form.setTags(target.value)}
            />
          )}
        </Field>
      </div>
      <ReasonField value={reason} onChange={onReason} />
      {problem ? (
        <PreviewProblem error={problem} onRetry={form.retry} />
      ) : (
        form.request && (
          <StartPreview plan={form.plan} queue={queue} workflowRunId={prepared.workflowRunId} />
        )
      )}
    </div>
  );
}
