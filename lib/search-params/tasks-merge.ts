import { NO_QUERY, type TaskQuery } from "./tasks-words";

/** Both queries at once: values of the second are added to those of the first; its id replaces one. */
export function mergeQueries(first: TaskQuery, second: TaskQuery): TaskQuery {
  const merged = structuredClone(NO_QUERY);
  for (const key of Object.keys(NO_QUERY) as (keyof TaskQuery)[]) {
    if (key === "id") merged.id = second.id ?? first.id;
    // The lists of a query may be one and the same empty list, so they are never written to.
    else
      for (const value of [...first[key], ...second[key]]) addUnique<unknown>(merged[key], value);
  }
  return merged;
}

/** Adds what a list does not hold yet. */
export function addUnique<T>(list: T[], value: T): void {
  const written = JSON.stringify(value);
  if (!list.some((item) => JSON.stringify(item) === written)) list.push(value);
}
