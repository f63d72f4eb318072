import type { Page } from "@playwright/test";

/** Collects largest paints and interaction times from the start of each document. */
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

/** Time of the largest paint, in milliseconds after the start of the navigation. */
export async function largestPaint(page: Page): Promise<number> {
  return (await read(page)).largest;
}

/**
 * Time from an interaction to its next paint in milliseconds, by its longest event. The browser reports it in steps of
 * 8 ms and nothing below 16 ms.
 */
export async function interactionToPaint(page: Page, act: () => Promise<void>): Promise<number> {
  const before = (await read(page)).interactions.length;
  await act();
  // Entries arrive some time after the paint that they describe.
  await page.waitForTimeout(400);
  return Math.max(16, ...(await read(page)).interactions.slice(before));
}
