import type { FirstPaint, OpenedPage } from "./pages";
import { getGrowth, type Measured } from "./reads";
import type { Throughput, Watching } from "./routes";
import type { Search } from "./search";
import type { OpenTabs } from "./tabs";
import type { TargetResult } from "./targets";

/** A Markdown table; the first columns are text, the others numbers. */
function table(head: string[], rows: (string | number)[][], texts = 1): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, n) => (n < texts ? "---" : "---:"));
  return [head, rule, ...rows].map(line).join("\n");
}

const whole = (value: number) => Math.round(value).toLocaleString("en");
const tenths = (value: number) => value.toFixed(1);

/** One row per query: medians and 95th percentiles on each data set, growth, and the server's work. */
export function reportReads(measured: Measured[]): string {
  const sizes = [...(measured[0]?.bySize.keys() ?? [])];
  return table(
    [
      "Query",
      "Function",
      ...sizes.flatMap((size) => [`${size} p50`, "p95"]),
      "first p95",
      "growth",
      "its work follows",
      "limit p95",
      "database CPU",
      "dashboard CPU",
      "statements",
      "rows",
      "pages",
    ],
    measured.map(({ read, bySize }) => {
      const figures = [...bySize.values()];
      const [small, large] = [figures[0], figures.at(-1)];
      if (!small || !large) throw new Error(`${read.title} was not measured`);
      return [
        read.title,
        `\`${read.function}\``,
        ...figures.flatMap(({ p50, p95 }) => [tenths(p50), tenths(p95)]),
        tenths(large.first.p95),
        getGrowth(small, large).toFixed(2),
        read.follows ?? "",
        read.limit ? whole(read.limit * large.slowness) : "",
        // Workers of a parallel plan take their counters with them when they exit.
        large.cpu.server > 0 ? tenths(large.cpu.server) : "",
        tenths(large.cpu.dashboard),
        large.work.statements,
        whole(large.work.rows),
        whole(large.work.pages),
      ];
    }),
    2,
  );
}

/** One row per target of a data set. */
export function reportTargets(
  data: string,
  { floor, probe, results }: { floor: number; probe: number; results: TargetResult[] },
): string {
  return table(
    [`Request, ${data}`, "p50 ms", "target ms", "met"],
    [
      ...results.map(({ title, p50, target, isMet }) => [
        title,
        tenths(p50),
        tenths(target),
        isMet ? "yes" : "no",
      ]),
      ["a route that does nothing", tenths(floor), "", ""],
      ["processor probe", tenths(probe), "", ""],
    ],
  );
}

/** One row per search. */
export function reportSearches(searches: Search[]): string {
  return table(
    [
      "Search",
      "first progress ms",
      "whole history ms",
      "target ms",
      "longest statement ms",
      "steps",
      "heap MB",
    ],
    searches.map((search) => [
      `\`${search.words}\``,
      whole(search.first),
      whole(search.total),
      whole(search.target),
      whole(search.longestStatement),
      search.steps,
      tenths(search.heap),
    ]),
  );
}

/** One row per route. */
export function reportRoutes(routes: Throughput[]): string {
  return table(
    ["Route, 20 connections", "requests/s", "p50 ms", "p95 ms", "failed"],
    routes.map(({ path, perSecond, p50, p95, failed }) => [
      `\`${path}\``,
      whole(perSecond),
      tenths(p50),
      tenths(p95),
      failed,
    ]),
  );
}

/** One row per page. */
export function reportPages(paints: FirstPaint[]): string {
  return table(
    ["Page", "HTML kB", "first byte ms", "last byte ms", "20 clients: pages/s", "p95 ms", "failed"],
    paints.map(({ path, bytes, firstByte, lastByte, perSecond, p95, failed }) => [
      `\`${path}\``,
      whole(bytes / 1000),
      whole(firstByte),
      whole(lastByte),
      whole(perSecond),
      whole(p95),
      failed,
    ]),
  );
}

/** One row per page. */
export function reportCold(pages: OpenedPage[]): string {
  return table(
    ["Page, everything restarted and caches emptied", "last byte ms", "with all figures ms"],
    pages.map(({ path, milliseconds, complete }) => [
      `\`${path}\``,
      whole(milliseconds),
      whole(complete),
    ]),
  );
}

/** One row per number of tabs. */
export function reportTabs(all: OpenTabs[]): string {
  return table(
    ["Open tabs, list changes 20/s", "statements/min", "requests/min", "oldest row s", "failed"],
    all.map(({ tabs, statements, requests, oldestRow, failed }) => [
      tabs,
      whole(statements),
      requests,
      tenths(oldestRow / 1000),
      failed,
    ]),
  );
}

/** One row per number of browsers. */
export function reportWatching(watching: Watching[]): string {
  return table(
    ["Browsers on the task list, 2 s", "transactions in 20 s", "pages", "failed"],
    watching.map(({ browsers, transactions, pages, failed }) => [
      browsers,
      transactions,
      whole(pages),
      failed,
    ]),
  );
}
