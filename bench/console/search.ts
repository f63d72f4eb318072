import { performance } from "node:perf_hooks";
import { followTasks } from "@/lib/analytics/tasks";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";
import { recordStatements } from "@/testing/statements";
import type { Context } from "./context";
import { RARE } from "./sizes";

/** Result of one search through the whole history. Times are in milliseconds. */
export type Search = {
  words: string;
  /** Until the first output: a match, or how far back the search has reached. */
  first: number;
  total: number;
  longestStatement: number;
  steps: number;
  /** Maximum growth of the heap, in megabytes. */
  heap: number;
  /** Whether it found exactly the one matching task. */
  correct: boolean;
};

/** No statement of a search may exceed this; each window runs under this timeout. */
const STATEMENT = 1_000;
const FIRST = 1_000;
const PATH = 15_000;
const HEAP = 64;

/** Searches the whole history for the one task with a name, and for the one with a value. */
export async function measureSearches(context: Context): Promise<Search[]> {
  const searches: Search[] = [];
  for (const words of [RARE.path, `name:${RARE.name}`])
    searches.push(await measureSearch(context, words));
  return searches;
}

async function measureSearch(context: Context, words: string): Promise<Search> {
  const filters = taskFilters(parseTaskQuery(words).query);
  const begun = performance.now();
  const heapBefore = process.memoryUsage().heapUsed;
  const search = { words, first: 0, total: 0, longestStatement: 0, steps: 0, heap: 0 };
  const found: string[] = [];
  const statements = await recordStatements(async () => {
    for await (const step of followTasks(filters)) {
      search.first ||= performance.now() - begun;
      search.steps++;
      found.push(...step.rows.map((row) => row.taskId));
      search.heap = Math.max(search.heap, process.memoryUsage().heapUsed - heapBefore);
    }
  });
  return {
    ...search,
    total: performance.now() - begun,
    longestStatement: Math.max(...statements.map(({ milliseconds }) => milliseconds)),
    heap: search.heap / 1_048_576,
    correct: found.length === 1 && found[0] === context.rare,
  };
}

/** Violated limits of a search, if any. */
export function judgeSearch({ words, ...search }: Search): string[] {
  const isPath = words === RARE.path;
  return [
    ...(search.first > FIRST
      ? [`${words}: first progress after ${search.first.toFixed(0)} ms`]
      : []),
    ...(search.longestStatement > STATEMENT
      ? [`${words}: a statement of ${search.longestStatement.toFixed(0)} ms`]
      : []),
    ...(isPath && search.total > PATH ? [`${words}: took ${search.total.toFixed(0)} ms`] : []),
    ...(search.heap > HEAP ? [`${words}: the heap grew by ${search.heap.toFixed(0)} MB`] : []),
    ...(search.correct ? [] : [`${words}: not exactly the task there is`]),
  ];
}
