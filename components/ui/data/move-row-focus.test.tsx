// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { moveRowFocus } from "./move-row-focus";

function setUp() {
  document.body.innerHTML = "<main></main>";
  const main = document.querySelector("main");
  if (!main) throw new Error("no main");
  const show = (...names: string[]) => {
    main.innerHTML = names.map((name) => `<a href="#" data-row>${name}</a>`).join("");
  };
  return { main, show, focused: () => document.activeElement?.textContent };
}
Element.prototype.scrollIntoView = () => {};

test("steps before the first rows arrive are remembered", async () => {
  const { main, show, focused } = setUp();
  moveRowFocus(main, 1);
  moveRowFocus(main, 1);
  show("a", "b", "c");
  await vi.waitFor(() => expect(focused()).toBe("b"));
  moveRowFocus(main, -1);
  expect(focused()).toBe("a");
});

test("a step during a navigation is applied to the next page's rows", async () => {
  const { main, show, focused } = setUp();
  let isReady = false;
  show("old");
  moveRowFocus(main, 1, () => isReady);
  expect(document.activeElement).toBe(document.body);
  isReady = true;
  show("new");
  await vi.waitFor(() => expect(focused()).toBe("new"));
});

test("a remembered step is dropped when something else is pressed", async () => {
  const { main, show } = setUp();
  moveRowFocus(main, 1);
  document.dispatchEvent(new Event("pointerdown"));
  show("a");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(document.activeElement).toBe(document.body);
});
