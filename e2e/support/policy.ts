import type { Page } from "@playwright/test";

/** What the browser refuses a page by its Content-Security-Policy from now on; the list grows as it happens. */
export function watchPolicy(page: Page): string[] {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  return violations;
}
