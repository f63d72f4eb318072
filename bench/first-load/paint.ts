import type { Page } from "@playwright/test";

/** Collects, from the first moment of each document on, when its largest paint was and how long interactions took. */
export async function watchPaints(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const paints = { largest: 0, interactions: [] as number[] };
    Object.assign(window, { paints });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) paints.largest = entry.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[])
        if (entry.interactionId) paints.interactions.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

type Paints = { largest: number; interactions: number[] };
const read = (page: Page) => page.evaluate(() => (window as unknown as { paints: Paints }).paints);

/** When the largest element was painted, in milliseconds after the navigation began. */
export async function largestPaint(page: Page): Promise<number> {
  return (await read(page)).largest;
}

/**
 * The longest of the events of one interaction until its next paint, in milliseconds; the browser reports in steps of
 * 8, and nothing below 16.
 */
export async function interactionToPaint(page: Page, act: () => Promise<void>): Promise<number> {
  const before = (await read(page)).interactions.length;
  await act();
  // Entries arrive some time after the paint they describe.
  await page.waitForTimeout(400);
  return Math.max(16, ...(await read(page)).interactions.slice(before));
}
