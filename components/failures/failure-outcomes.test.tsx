// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { CUT_NAME } from "@/lib/model/rows/shown-name";
import { render } from "@/testing/render";
import { Outcomes } from "./failure-outcomes";

const group = {
  taskName: "charge-card",
  errorName: "TimeoutError",
  pattern: "no response",
  queues: ["billing"],
  tasks: { exhausted: 28, refused: 0, retrying: 0, recovered: 0, cancelled: 0 },
} as unknown as FailureGroup;

test("a count of some tenants links to their tasks, and says that the list has those of any time", () => {
  const link = render(<Outcomes group={group} tenant={["acme"]} />).getByRole("link");
  expect(link.textContent).toBe("28 failed of charge-card");
  expect(new URL(link.getAttribute("href") ?? "", "http://x").searchParams.get("tenant")).toBe(
    "acme",
  );
  expect(link.dataset.tip).toBe("No attempts left. The list has tasks of any time.");
});

test("a count of a group with a cut name explains why it has no link", () => {
  const cut = { ...group, taskName: `${"n".repeat(500)}... #0a1b2c3d` };
  const view = render(<Outcomes group={cut} tenant={[]} />);
  expect(view.queryByRole("link")).toBeNull();
  expect(view.getByText("28 failed").dataset.tip).toBe(`No attempts left. ${CUT_NAME}`);
});
