// @vitest-environment jsdom
import { expect, test } from "vitest";
import { render } from "@/testing/render";
import { confirmFresh } from "../live/freshness";
import { AllRowsAsOf } from "./live-row-marks";

const MINUTE = 60_000;
const show = (at: number) => render(<AllRowsAsOf at={at} />).container.textContent;

test("a list that replaces all rows shows until when they are known", () => {
  expect(show(0)).toBe("");
  expect(show(Date.now() - 5 * MINUTE)).toMatch(/^ · all rows as of 5 min.* ago$/);
  // The server reports that nothing has changed since.
  confirmFresh();
  expect(show(Date.now() - 5 * MINUTE)).toMatch(/^ · all rows as of (now|\d s ago)$/);
});
