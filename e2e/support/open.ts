import { expect, type Page } from "@playwright/test";

/** Opens a page and waits until it is hydrated; keys and clicks before that are lost. */
export async function open(page: Page, address: string, within = "main"): Promise<void> {
  await page.goto(address);
  await expect(page.getByText(/^Database (connected|lost)$/).first()).toBeAttached();
  // React marks hydrated elements; sections that stream in later are hydrated later.
  await page.waitForFunction((part) => {
    const controls = [...document.querySelectorAll(`${part} :is(a, button, select)`)];
    const marked = (control: Element) =>
      Object.keys(control).some((key) => key.startsWith("__reactProps"));
    return controls.length > 0 && controls.every(marked);
  }, within);
}
