// @vitest-environment jsdom

import { act } from "@testing-library/react";
import { expect, test } from "vitest";
import { saveView } from "@/components/tasks/filters/saved-view-store";
import { render } from "@/testing/render";
import { SavedViewLinks } from "./saved-view-links";

test("a list saved in this browser is a link in the navigation at once", () => {
  const { queryByRole } = render(<SavedViewLinks />);
  expect(queryByRole("navigation")).toBeNull();
  act(() => saveView({ name: "Card failures", href: "/tasks?name=charge-card&state=failed" }));
  expect(queryByRole("link", { name: "Card failures" })?.getAttribute("href")).toBe(
    "/tasks?name=charge-card&state=failed",
  );
});
