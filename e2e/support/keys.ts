import { expect, type Locator, type Page } from "@playwright/test";

/**
 * Presses a shortcut until it shows what it opens: a part of a page that does not listen yet loses the key, as it
 * would for a user.
 */
export async function pressFor(page: Page, key: string, shown: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await expect(shown).toBeVisible({ timeout: 1_000 });
  }).toPass();
}
