// @vitest-environment jsdom
import { expect, test } from "vitest";
import { render } from "@/testing/render";
import { NoFailures } from "./top-failures";

test("zero failures show an all-clear only if every queue could be read", () => {
  expect(render(<NoFailures isComplete />).container.textContent).toBe("No attempt failed.");
  const partial = render(<NoFailures isComplete={false} />).container;
  expect(partial.textContent).toBe("No attempt failed in the queues that could be read.");
  expect(partial.querySelector(".text-completed-solid")).toBeNull();
});
