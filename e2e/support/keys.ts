import { expect, type Locator, type Page } from "@playwright/test";

/**
 * Presses a shortcut until its effect is shown: a section that isn't hydrated yet ignores the key, as it would for a
 * user.
 */
export async function pressFor(page: Page, key: string, shown: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await expect(shown).toBeVisible({ timeout: 1_000 });
  }).toPass();
}
