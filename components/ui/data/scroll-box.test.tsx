// @vitest-environment jsdom
import { render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import "@/testing/render";
import { ScrollBox } from "./scroll-box";

afterEach(() => {
  vi.restoreAllMocks();
});

/** jsdom has no layout, so this sets the width of the box's content. */
function layOut(width: number) {
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(300);
  vi.spyOn(Element.prototype, "scrollWidth", "get").mockReturnValue(width);
}

const boxOf = (container: HTMLElement) => container.firstElementChild as HTMLElement;

test("a box is a tab stop only while its content overflows", () => {
  layOut(900);
  const { container, rerender } = render(<ScrollBox>wide</ScrollBox>);
  expect(boxOf(container).tabIndex).toBe(0);
  layOut(300);
  rerender(<ScrollBox>narrow</ScrollBox>);
  expect(boxOf(container).hasAttribute("tabindex")).toBe(false);
});

test("a box with focusable content isn't a tab stop", () => {
  layOut(900);
  const { container, rerender } = render(
    <ScrollBox>
      <a href="#row">row</a>
    </ScrollBox>,
  );
  expect(boxOf(container).hasAttribute("tabindex")).toBe(false);
  rerender(
    <ScrollBox>
      <button type="button" disabled>
        not available
      </button>
    </ScrollBox>,
  );
  expect(boxOf(container).tabIndex).toBe(0);
});
