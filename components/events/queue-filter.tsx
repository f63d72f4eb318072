"use client";
import { useQuery } from "@tanstack/react-query";
import { Select } from "@/components/ui/form/select";
import { queuesQuery } from "@/lib/query/queues";

/** One queue, or all of them. */
export function QueueFilter({
  queues,
  onChange,
}: {
  queues: readonly string[];
  onChange: (queues: string[]) => void;
}) {
  const { data } = useQuery(queuesQuery());
  const known = data?.queues.map(({ name }) => name) ?? [];
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
