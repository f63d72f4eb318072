import { parseJson } from "@/lib/absurd/json";
import type { Json } from "@/lib/model/json";
import { jsonCandidates } from "@/lib/search-params/tasks-conditions";
import { isStorable, type PathSource, printPath, quote } from "@/lib/search-params/tasks-paths";

/** A path that occurs in recent tasks, with values it has there, as the query language writes both. */
export type SampledPath = { path: string; values: string[] };

const DEPTH = 6;
const PATHS = 150;
const VALUES = 8;
const LENGTH = 80;

/**
 * The paths of sampled JSON texts, the most frequent first, at most 150 of them and 8 short values each. Of an array, the
 * first three elements are looked at.
 */
export function samplePaths(
  samples: readonly { source: PathSource; text: string }[],
): SampledPath[] {
  const found = new Map<string, { count: number; values: Set<string> }>();
  const visit = (source: PathSource, steps: (string | null)[], value: Json) => {
    if (Array.isArray(value)) {
      if (steps.length < DEPTH)
        for (const item of value.slice(0, 3)) visit(source, [...steps, null], item);
    } else if (value !== null && typeof value === "object") {
      if (steps.length < DEPTH)
        for (const [key, inner] of Object.entries(value).slice(0, 50))
          if (isStorable(key) && key.length <= LENGTH) visit(source, [...steps, key], inner);
    } else if (steps.length > 0) {
      const path = printPath({ source, steps });
      const entry = found.get(path) ?? { count: 0, values: new Set() };
      entry.count++;
      const text = printScalar(value);
      if (text.length <= LENGTH && entry.values.size < VALUES) entry.values.add(text);
      found.set(path, entry);
    }
  };
  for (const { source, text } of samples) visit(source, [], parseJson(text));
  return [...found]
    .sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1))
    .slice(0, PATHS)
    .map(([path, { values }]) => ({ path, values: [...values] }));
}

/** A string that could be taken for something else is quoted. */
function printScalar(value: string | number | bigint | boolean | null): string {
  if (typeof value !== "string") return String(value);
  const ambiguous = jsonCandidates({ text: value, quoted: false }).length > 1;
  return ambiguous || !/^[^\s"]\S*$/.test(value) ? quote(value) : value;
}
