import { formatCount, plural } from "@/lib/format";
import type { Count } from "@/lib/model/count";
import type { Partitions, PartitionWeek } from "@/lib/model/maintenance";
import { addCounts } from "../list/state-count";

/** What is wrong with the partitions of a queue, and how bad: `bad` when workers may fail. */
export type PartitionProblem = { tone: "warning" | "bad"; text: string };

/** What is wrong, the worst first; `now` in milliseconds. Nothing when every wanted week is there. */
export function partitionProblems({ weeks, strays }: Partitions, now: number): PartitionProblem[] {
  const problems: PartitionProblem[] = [];
  const missing = weeks.filter((week) => week.wanted && week.missing.length > 0);
  const catchAll = strays.length > 0;
  if (missing.length > 0)
    problems.push({
      tone: catchAll || !missing.some((week) => isNow(week, now)) ? "warning" : "bad",
      text: `${plural(missing.length, "wanted week")} ${missing.length === 1 ? "is" : "are"} missing, the first from ${dayOf(missing[0])}. ${
        catchAll
          ? "Their rows go to the default partition, and the week cannot be made while they are there."
          : "Without a default partition their rows are refused."
      }`,
    });
  const stray: Count = addCounts(strays.map(({ rows }) => rows));
  if (stray.value > 0)
    problems.push({
      tone: "warning",
      text: `${formatCount(stray)} ${stray.value === 1 ? "row lies" : "rows lie"} in the default partition (${strays
        .filter(({ rows }) => rows.value > 0)
        .map(({ table, rows }) => `${formatCount(rows)} ${table}`)
        .join(", ")}): no week goes with them, and weeks that they belong to cannot be made.`,
    });
  return problems.sort((a, b) => a.tone.localeCompare(b.tone));
}

/** Whether this is the running week. */
export function isNow({ from, to }: PartitionWeek, now: number): boolean {
  return Date.parse(from) <= now && now < Date.parse(to);
}

/** The Monday on which a week begins, in UTC, as all weeks do. */
export function dayOf(week: PartitionWeek | undefined): string {
  return week?.from.slice(0, 10) ?? "";
}
