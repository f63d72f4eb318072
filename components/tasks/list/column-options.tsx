"use client";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/form/button";
import { Checkbox } from "@/components/ui/form/checkbox";
import { Field, Input } from "@/components/ui/form/field";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import { formatPath, type JsonPath, parsePath } from "@/lib/search-params/tasks/conditions";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { useColumnChoice } from "./column-choice";
import type { LEAVING } from "./task-columns";

type Props = { filters: TaskFilters; onChange: (columns: JsonPath[]) => void };

/** The columns that can be hidden. */
const BUILT_IN: { key: (typeof LEAVING)[number]; label: string }[] = [
  { key: "id", label: "Task id" },
  { key: "queue", label: "Queue" },
  { key: "attempts", label: "Attempts" },
  { key: "age", label: "Age" },
  { key: "duration", label: "Duration" },
  { key: "worker", label: "Worker" },
  { key: "tenant", label: "Tenant" },
];

/**
 * Checkboxes for the columns of every list, for the chosen paths and those found in the newest tasks, and a field for
 * any other path.
 */
export function ColumnOptions({ filters, onChange }: Props) {
  const { data } = useQuery({ ...taskSuggestionsQuery(filters.queue), retry: false });
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const { hidden, toggle: toggleBuiltIn } = useColumnChoice();
  const chosen = filters.columns.map(formatPath);
  const offered = (data?.paths ?? []).map(({ path }) => path);
  const shown = [...new Set([...chosen, ...offered.slice(0, 12)])];
  const toggle = (path: string, on: boolean) => {
    const next = on ? [...chosen, path] : chosen.filter((one) => one !== path);
    onChange(next.flatMap((one) => parsePath(one) ?? []));
  };
  function add(event: FormEvent) {
    event.preventDefault();
    const path = parsePath(text.trim());
    if (!path) return setError("A path starts with params, headers, result or error");
    toggle(formatPath(path), !chosen.includes(formatPath(path)));
    setText("");
  }
  return (
    <form onSubmit={add} className="flex flex-col gap-1">
      <div className="grid grid-cols-2 border-line-subtle border-b pb-1">
        {BUILT_IN.map(({ key, label }) => (
          <Checkbox key={key} checked={!hidden.includes(key)} onChange={() => toggleBuiltIn(key)}>
            {label}
          </Checkbox>
        ))}
      </div>
      {shown.map((path) => (
        <Checkbox
          key={path}
          checked={chosen.includes(path)}
          onChange={({ target }) => toggle(path, target.checked)}
        >
          <span className="mono break-all">{path}</span>
        </Checkbox>
      ))}
      <div className="mt-1 flex items-end gap-2">
        <Field label="Another path" error={error}>
          {(ids) => (
            <Input
              {...ids}
              data-autofocus
              value={text}
              list="column-paths"
              spellCheck={false}
              placeholder="params.order.id"
              className="mono"
              onChange={({ target }) => {
                setText(target.value);
                setError(null);
              }}
            />
          )}
        </Field>
        <Button type="submit" size="large">
          Add
        </Button>
      </div>
      <datalist id="column-paths">
        {offered.map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
    </form>
  );
}
