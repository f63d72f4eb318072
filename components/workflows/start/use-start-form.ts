"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useDebouncedValue } from "@/components/ui/form/use-debounced-value";
import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import type { Previews } from "@/lib/actions/previews/previews";
import { parseJsonWorkflow } from "@/lib/highway/language/parse-json";
import { listInputs } from "@/lib/highway/model/inputs";
import { previewQuery } from "@/lib/query/previews";
import { findProblem, fromInputs, getText, listFields, toInputs, toTags } from "./input-form";

export type Prepared = Previews["start-form"]["data"];

/** The state of the start form, with the server's preview of it. */
export function useStartForm(prepared: Prepared | undefined, given: string | undefined) {
  const fields = useMemo(() => {
    const workflow = prepared && parseJsonWorkflow(prepared.text).workflow;
    return listFields(workflow ? listInputs(workflow) : []);
  }, [prepared]);
  const fromGiven = given === undefined ? {} : fromInputs(fields, given);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [editedJson, setJson] = useState<string | null>();
  // An earlier run may have inputs without a field; they are then edited as JSON.
  const json = editedJson === undefined ? (fromGiven === null ? pretty(given) : null) : editedJson;
  const [chosen, setQueue] = useState<string>();
  const [tags, setTags] = useState("");
  const queue = chosen ?? prepared?.lastQueue ?? prepared?.queues[0] ?? "";
  const texts = { ...fromGiven, ...typed };
  const inputs = json ?? toInputs(fields, texts);
  const tagsJson = toTags(tags);
  const isValid =
    queue !== "" &&
    tagsJson !== undefined &&
    (json === null
      ? fields.every((field) => findProblem(field, getText(field, texts)) === null)
      : parseExactly(json) !== undefined);
  const request =
    prepared && isValid
      ? {
          definitionId: prepared.definitionId,
          workflowRunId: prepared.workflowRunId,
          queue,
          inputs,
          tags: tagsJson ?? "",
        }
      : undefined;

  const settled = useDebouncedValue(request && JSON.stringify(request));
  const preview = useQuery({
    ...previewQuery("start", settled === undefined ? undefined : JSON.parse(settled)),
    placeholderData: keepPreviousData,
  });
  return {
    fields,
    texts,
    setText: (name: string, text: string) => setTyped((before) => ({ ...before, [name]: text })),
    json,
    setJson,
    toggleJson: () => setJson(json === null ? pretty(inputs) : null),
    queue,
    setQueue,
    tags,
    setTags,
    tagsProblem: tagsJson === undefined ? "key=value, one per line" : null,
    request,
    plan: preview.data,
    /** Why there is no preview; usually, why the server would refuse the start. */
    problem: request && preview.error ? preview.error : undefined,
    retry: () => preview.refetch(),
  };
}

export type StartForm = ReturnType<typeof useStartForm>;

function pretty(text: string | undefined): string {
  const parsed = parseExactly(text ?? "");
  return parsed ? printExactly(parsed.value) : (text ?? "");
}
