import { formatCount, plural } from "@/lib/format";
import { type Count, sumCounts } from "@/lib/model/count";
import { toMs } from "@/lib/model/instants";
import type { Partitions, PartitionWeek } from "@/lib/model/rows/maintenance";

/** A problem with a queue's partitions; `bad` if workers may fail. */
export type PartitionProblem = { tone: "warning" | "bad"; text: string };

/** Problems with the partitions at `now` (milliseconds), worst first; empty if all required weeks exist. */
export function listPartitionProblems(
  { weeks, strays }: Partitions,
  now: number,
): PartitionProblem[] {
  const problems: PartitionProblem[] = [];
  const missing = weeks.filter((week) => week.wanted && week.missing.length > 0);
  const hasDefault = strays.length > 0;
  if (missing.length > 0)
    problems.push({
      tone: hasDefault || !missing.some((week) => isCurrent(week, now)) ? "warning" : "bad",
      text: `${plural(missing.length, "weekly partition")} missing, the first from ${formatMonday(missing[0])}. ${
        hasDefault
          ? "Their rows go to the default partition, and the week cannot be created while they are in it."
          : "Without a default partition their rows are rejected."
      }`,
    });
  const stray: Count = sumCounts(strays.map(({ rows }) => rows));
  if (stray.value > 0)
    problems.push({
      tone: "warning",
      text: `${formatCount(stray)} ${stray.value === 1 ? "row" : "rows"} in the default partition (${strays
        .filter(({ rows }) => rows.value > 0)
        .map(({ table, rows }) => `${formatCount(rows)} ${table}`)
        .join(
          ", ",
        )}): dropping old weeks leaves them behind, and their own weeks cannot be created.`,
    });
  return problems.sort((a, b) => a.tone.localeCompare(b.tone));
}

/** Whether `now` is within this week. */
export function isCurrent({ from, to }: PartitionWeek, now: number): boolean {
  return toMs(from) <= now && now < toMs(to);
}

/** The date of the week's first day, a Monday in UTC. */
export function formatMonday(week: PartitionWeek | undefined): string {
  return week?.from.slice(0, 10) ?? "";
}
