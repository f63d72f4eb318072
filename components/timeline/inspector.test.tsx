// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import type { TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { Inspector, TaskValues } from "./inspector";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({
    matches: true,
    addEventListener() {},
    removeEventListener() {},
  }));
});

/** A failed task whose errors are too large to be part of its page. */
function withLargeErrors(): TaskDetail {
  const recorded = getRecording("failed-exhausted");
  const head =
    '{"name":"GatewayTimeoutError","message":"no answer from eu-west-1","stack":"at charge (pay.ts:7)"}';
  return {
    ...recorded,
    runs: recorded.runs.map((run) => ({ ...run, failureReason: { bytes: 80_000, head } })),
  };
}

const LARGE = ["GatewayTimeoutError", "no answer from eu-west-1", "at charge (pay.ts:7)"];

test("the inspector shows name, message and trace of an error too large to load in full", () => {
  const detail = withLargeErrors();
  const timeline = buildTimeline(detail);
  const lane = timeline.lanes.at(-1);
  const span = lane?.spans.find(({ kind }) => kind === "failure");
  if (!lane || !span) throw new Error("The recording has no failure");
  const { getByText } = render(
    <Inspector detail={detail} lane={lane} span={span} onClose={() => {}} />,
  );
  const error = getByText("Error", { selector: "h2" }).closest("section");
  for (const text of LARGE) expect(error?.textContent).toContain(text);
  expect(getByText(/^Load/)).toBeTruthy();
});

test.each([
  ["failed-exhausted", ["Error of attempt 3", "Params"]],
  ["completed-after-retries", ["Result", "Params"]],
  ["queued", ["Params"]],
])("beside the timeline, %s shows its error or result, and its params", (name, titles) => {
  const { getAllByRole } = render(<TaskValues detail={getRecording(name)} />);
  const shown = getAllByRole("heading").map((heading) => heading.firstChild?.textContent);
  expect(shown).toEqual(titles);
});

test("beside the timeline, an error too large to load in full shows its beginning", () => {
  const { getByRole, getByText } = render(<TaskValues detail={withLargeErrors()} />);
  const values = getByRole("region", { name: "Error, result and params" });
  for (const text of LARGE) expect(values.textContent).toContain(text);
  expect(getByText(/^Load/)).toBeTruthy();
});
