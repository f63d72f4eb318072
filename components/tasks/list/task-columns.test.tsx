// @vitest-environment jsdom
import { expect, test } from "vitest";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { listColumns } from "./task-columns";

/*
 * The ellipsis of a truncated text is at the end of its container's direction, so the container itself must have the
 * direction of the text; an isolate inside would keep the container's and lose the beginning.
 */
test("a truncated name has its own direction, so that the ellipsis replaces its end", () => {
  const { task } = getRecording("running");
  const name = "تسوية الفواتير الشهرية للعملاء";
  const column = listColumns({
    oneQueue: true,
    tenants: false,
    paths: [],
    hidden: [],
  }).find(({ key }) => key === "name");
  const view = render(<div>{column?.cell({ ...task, name } as never)}</div>);
  const link = view.getByRole("link", { name });
  expect(link.className).toContain("truncate");
  expect(link.getAttribute("dir")).toBe("auto");
  expect(link.children).toHaveLength(0);
});
