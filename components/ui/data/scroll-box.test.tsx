// @vitest-environment jsdom
import { render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import "@/testing/render";
import { ScrollBox } from "./scroll-box";

afterEach(() => {
  vi.restoreAllMocks();
});

/** jsdom has no layout: this is the width that the box's content takes. */
function layOut(width: number) {
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(300);
  vi.spyOn(Element.prototype, "scrollWidth", "get").mockReturnValue(width);
}

const boxOf = (container: HTMLElement) => container.firstElementChild as HTMLElement;

test("a box that overflows is a stop of the Tab key, and no longer when its content fits", () => {
  layOut(900);
  const { container, rerender } = render(<ScrollBox>wide</ScrollBox>);
  expect(boxOf(container).tabIndex).toBe(0);
  layOut(300);
  rerender(<ScrollBox>narrow</ScrollBox>);
  expect(boxOf(container).hasAttribute("tabindex")).toBe(false);
});

test("a box whose content can have the focus is scrolled by it", () => {
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
