import { expect, type Page } from "@playwright/test";

/** Opens a page and waits until it is alive: until then keys and clicks are lost, as they are for a very quick person. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.getByText(/^Database (connected|lost)$/).first()).toBeAttached();
  // React marks the elements it has taken over; parts of a page that came later are taken over later.
  await page.waitForFunction(() => {
    const controls = [...document.querySelectorAll("main :is(a, button, select)")];
    const marked = (control: Element) =>
      Object.keys(control).some((key) => key.startsWith("__reactProps"));
    return controls.length > 0 && controls.every(marked);
  });
}
