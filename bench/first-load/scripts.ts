import type { Page } from "@playwright/test";

export type LoadedScript = { name: string; gzip: number };

/**
 * The scripts that a page has loaded, by transferred size without headers, largest first. Excludes scripts that this
 * browser skips (`nomodule`).
 */
export async function loadedScripts(page: Page): Promise<LoadedScript[]> {
  const scripts = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((entry) => new URL(entry.name).pathname.endsWith(".js"))
      .map((entry) => ({
        name: new URL(entry.name).pathname.split("/").at(-1) ?? "",
        gzip: (entry as PerformanceResourceTiming).encodedBodySize,
      })),
  );
  return scripts.sort((a, b) => b.gzip - a.gzip);
}
