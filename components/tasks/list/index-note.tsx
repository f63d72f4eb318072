"use client";
import { useQuery } from "@tanstack/react-query";
import { CopyButton } from "@/components/ui/form/copy-button";
import { formatBytes, formatDuration } from "@/lib/format";
import { queuesQuery } from "@/lib/query/queues";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { offerIndex, type SearchedColumn } from "@/lib/snippets/indexes";

/** Offers the SQL of an index that serves the search, with its cost, if there is one. */
export function IndexNote({ filters }: { filters: TaskFilters }) {
  const column = findSearchedColumn(filters);
  const { data } = useQuery({ ...queuesQuery(), enabled: column !== null });
  const queues = (data?.queues ?? []).filter(
    ({ name, unreadable }) =>
      !unreadable && (filters.queue.length === 0 || filters.queue.includes(name)),
  );
  const offer = column && offerIndex(column, queues);
  if (!offer) return null;
  return (
    <>
      An index would make it take milliseconds: about {formatBytes(offer.bytes)}, built in about{" "}
      {formatDuration(Math.max(offer.milliseconds, 1_000))}.{" "}
      <CopyButton label="Copy SQL of the index" text={offer.sql} />
    </>
  );
}

/** Numbers larger or smaller than a bound, and texts anywhere, have no index. */
function findSearchedColumn({ name, where }: TaskFilters): SearchedColumn | null {
  if (name.length > 0) return "task_name";
  const equal = where.find(({ path, comparison }) => comparison === ":" && path.source !== "error");
  switch (equal?.path.source) {
    case "params":
    case "headers":
      return equal.path.source;
    case "result":
      return "completed_payload";
    default:
      return null;
  }
}
