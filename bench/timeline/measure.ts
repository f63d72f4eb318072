import type { Page } from "@playwright/test";

/** Milliseconds from an input to the next paint, as measured by the browser. */
export type Measured = { name: string; count: number; p50: number; p95: number; max: number };

/**
 * Makes the browser record the time from each input to its next paint: Event Timing, in steps of eight milliseconds,
 * for events of at least sixteen. Shorter ones count as eight.
 */
export async function observeInputs(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: number[] = [];
    Object.assign(window, { inputDelays: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { interactionId } = entry as PerformanceEntry & { interactionId?: number };
        if (interactionId || entry.name.startsWith("wheel") || entry.name === "scroll")
          seen.push(entry.duration);
      }
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

/** Repeats an action `count` times and returns the times of its inputs. */
export async function measure(
  page: Page,
  name: string,
  count: number,
  act: (time: number) => Promise<void>,
): Promise<Measured> {
  const delays: number[] = [];
  for (let time = 0; time < count; time++) {
    await take(page);
    await act(time);
    // Waits for two frames and a little longer, because entries are delivered after the paint.
    await page.evaluate(
      () =>
        new Promise((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 60))),
        ),
    );
    delays.push(Math.max(8, ...(await take(page))));
  }
  delays.sort((a, b) => a - b);
  const at = (share: number) => delays[Math.ceil(share * count) - 1] ?? 0;
  return { name, count, p50: at(0.5), p95: at(0.95), max: delays.at(-1) ?? 0 };
}

function take(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    (window as unknown as { inputDelays: number[] }).inputDelays.splice(0),
  );
}
