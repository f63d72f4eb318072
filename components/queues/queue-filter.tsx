"use client";
import { Select } from "@/components/ui/form/select";
import { useQueues } from "./use-queues";

/** Limits a list to one queue or none. Several queues can only be set in the URL; they appear as one option. */
export function QueueFilter({
  queues,
  onChange,
}: {
  queues: readonly string[];
  onChange: (queues: string[]) => void;
}) {
  const known = useQueues().data?.queues.map(({ name }) => name) ?? [];
  // A queue from the URL stays selectable even if it does not exist.
  const names = [...new Set([...known, ...queues])];
  const several = queues.length > 1 ? [{ value: "*", label: `${queues.length} queues` }] : [];
  return (
    <Select
      quiet
      aria-label="Queue"
      className="max-w-60"
      value={queues.length > 1 ? "*" : (queues[0] ?? "")}
      options={[
        { value: "", label: "All queues" },
        ...several,
        ...names.map((name) => ({ value: name, label: name })),
      ]}
      onChange={({ target }) =>
        target.value !== "*" && onChange(target.value ? [target.value] : [])
      }
    />
  );
}
