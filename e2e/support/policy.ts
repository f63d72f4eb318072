import type { Page } from "@playwright/test";

/** Records violations of a page's Content-Security-Policy from now on; the list grows as they occur. */
export function watchPolicy(page: Page): string[] {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  return violations;
}
