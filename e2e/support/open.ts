import { expect, type Page } from "@playwright/test";

/** Opens a page and waits until it asks by itself for the state of the database, which is when keys work. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.getByText(/^Database (connected|lost)$/).first()).toBeAttached();
}
