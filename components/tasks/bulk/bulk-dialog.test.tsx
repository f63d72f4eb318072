// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { TaskState } from "@/lib/model/states";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { render } from "@/testing/render";
import { BulkDialog } from "./bulk-dialog";

const open = (state: TaskState[]) => {
  const selection = { filters: taskFilters({ queue: ["billing"], state }) };
  return render(<BulkDialog selection={selection} onClose={() => {}} />);
};
const chosen = ({ getAllByRole }: ReturnType<typeof open>) =>
  getAllByRole("radio")
    .filter((radio) => radio instanceof HTMLInputElement && radio.checked)
    .map((radio) => radio.closest("label")?.textContent);

test.each<[TaskState[], string[]]>([
  [["failed"], ["Retry"]],
  [[], []],
  [["failed", "running"], []],
])("on tasks in the states %j, %j is chosen, and never a cancel", (states, actions) => {
  const dialog = open(states);
  expect(chosen(dialog)).toEqual(actions);
  expect(dialog.container.ownerDocument.body.textContent).toContain("billing");
});

test("without a chosen action, nothing can be started and no number is shown", () => {
  const { getByRole, container } = open([]);
  const confirm = getByRole("button", { name: /^Choose an action/ });
  expect(confirm.getAttribute("aria-disabled")).toBe("true");
  expect(container.ownerDocument.body.textContent).toContain("Nothing is chosen.");
  expect(container.ownerDocument.body.textContent).not.toMatch(/\b0 tasks/);
});
