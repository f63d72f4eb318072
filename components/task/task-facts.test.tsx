// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { findQuery } from "@/lib/query/find";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { InputOutput } from "./input-output";
import { TaskFacts } from "./task-facts";
import { WorkflowRunLink } from "./workflow-run-link";

const factsOf = (recording: string) =>
  render(<TaskFacts detail={getRecording(recording)} />).container.textContent ?? "";

test("a task that never started has no start, and one that ended has a duration", () => {
  expect(factsOf("cancelled-before-start")).toContain("Never started, ended after");
  expect(factsOf("cancelled-before-start")).not.toContain("Duration");
  expect(factsOf("completed")).toMatch(/Waited to start.*Duration/);
});

test("an unfinished task shows when it started rather than a duration", () => {
  expect(factsOf("running")).toContain("Running since");
  expect(factsOf("sleeping-durable")).toContain("Started");
  for (const recording of ["running", "sleeping-durable", "backoff-exponential"])
    expect(factsOf(recording)).not.toContain("Duration");
});

test("working time in several attempts is separate from the waits between them", () => {
  expect(factsOf("completed-after-retries")).toMatch(/worked .* in \d attempts.*waited /);
});

test.each([
  ["failed-exhausted", "none: the task failed"],
  ["cancelled-sleeping", "none: the task was cancelled"],
  ["running", "none yet"],
  ["queued", "none yet"],
])("the result of a %s task is absent for a reason: %s", (recording, reason) => {
  expect(render(<InputOutput detail={getRecording(recording)} />).container.textContent).toContain(
    reason,
  );
});

const linkTo = (id: string, found: unknown[]) => {
  const queries = new QueryClient();
  queries.setQueryData<unknown>(findQuery(id).queryKey, { found, unreadable: [] });
  const { getByRole } = render(
    <QueryClientProvider client={queries}>
      <WorkflowRunLink workflowRunId={id} className="">
        run
      </WorkflowRunLink>
    </QueryClientProvider>,
  );
  return new URL(getByRole("link").getAttribute("href") ?? "", "http://localhost");
};

test("a header that names a stored run links to it", () => {
  const id = "01900000-0000-7000-8000-000000000001";
  expect(linkTo(id, [{ kind: "workflow", workflowRunId: id }]).pathname).toBe(`/workflows/${id}`);
});

test.each(["01900000-0000-7000-8000-000000000002", "nightly-7", "a:b c"])(
  "a header that names no stored run links to the tasks with it: %s",
  (id) => {
    const address = linkTo(id, []);
    expect(address.pathname).toBe("/tasks");
    expect(address.searchParams.get("where")).toContain(id);
  },
);
