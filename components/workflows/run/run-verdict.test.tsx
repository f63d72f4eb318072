// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { AnnotatedTask } from "@/lib/highway/view/annotate-tasks";
import type { RunView } from "@/lib/highway/view/run-view";
import type { TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { RunVerdict } from "./run-verdict";

const RUN = "01900000-0000-7000-8000-000000000001";

/** A run whose root task has the rows of a recording. */
function viewOf(recording: string, change: (detail: TaskDetail) => TaskDetail = (same) => same) {
  const detail = change(getRecording(recording));
  const root: AnnotatedTask = {
    detail,
    timeline: buildTimeline(detail),
    isRoot: true,
    part: "",
    path: null,
    title: detail.task.name,
    annotations: {},
  };
  const { queue, taskId, state } = detail.task;
  const run = { workflowRunId: RUN, name: "order", queue, rootTaskId: taskId, rootState: state };
  // Only the fields that the verdict uses.
  return {
    run: { ...run, status: "running", stale: null, definitionId: RUN },
    tasks: [root],
    error: null,
    inputs: null,
    now: detail.now,
  } as unknown as RunView;
}

const show = (view: RunView) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RunVerdict view={view} />
    </QueryClientProvider>,
  );

const waitFor = (event: string) => (detail: TaskDetail) =>
  JSON.parse(JSON.stringify(detail).replaceAll("payment.captured:42", event)) as TaskDetail;

test("a run that waits for an event offers to emit it and links to its task", () => {
  const { getByRole } = show(viewOf("event-wait-forever"));
  expect(getByRole("button", { name: "Emit event" })).toBeTruthy();
  expect(getByRole("link", { name: "Open the root task" })).toBeTruthy();
});

test("a run that waits for a child workflow links to the child's run and offers no emit", () => {
  const child = "01900000-0000-7000-8000-00000000000c";
  const { getByRole, queryByRole } = show(viewOf("event-wait-forever", waitFor(`hw:${child}:end`)));
  expect(getByRole("link", { name: "Open the child run" }).getAttribute("href")).toContain(child);
  expect(queryByRole("button", { name: "Emit event" })).toBeNull();
});

test("an internal event of the interpreter can't be emitted", () => {
  const { queryByRole } = show(viewOf("event-wait-forever", waitFor(`hw:${RUN}:beside.left`)));
  expect(queryByRole("button", { name: "Emit event" })).toBeNull();
});

test("a failed run links to its failed step and can be run again", () => {
  const view = viewOf("completed");
  const failed = {
    ...view,
    run: { ...view.run, status: "failed" },
    error: { bytes: 1, text: '{"type":"Error","message":"no more","task":"pay"}' },
  } as RunView;
  const { getByRole, getByText } = show(failed);
  expect(getByText("pay")).toBeTruthy();
  expect(getByRole("link", { name: "Go to step" }).getAttribute("href")).toBe("?node=pay");
  expect(getByRole("button", { name: /Run again/ })).toBeTruthy();
});

test("a step of the interpreter is shown in words", () => {
  const view = viewOf("sleeping-durable");
  const [root] = view.tasks;
  if (!root) throw new Error("no task");
  const annotations = Object.fromEntries(
    root.timeline.lanes
      .flatMap(({ spans }) => spans)
      .map(({ id }) => [
        id,
        {
          title: "pay, before attempt 4",
          isNamed: true,
          path: "pay",
          isBookkeeping: false,
          more: null,
        },
      ]),
  );
  const { getByRole } = show({ ...view, tasks: [{ ...root, annotations }] });
  expect(getByRole("region", { name: "Diagnosis" }).textContent).toContain(
    "Sleeping in step pay, before attempt 4 until",
  );
});
