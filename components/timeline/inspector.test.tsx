// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import type { TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { Inspector } from "./inspector";

test("the inspector shows name, message and trace of an error too large to load in full", () => {
  vi.stubGlobal("matchMedia", () => ({
    matches: true,
    addEventListener() {},
    removeEventListener() {},
  }));
  const recorded = getRecording("failed-exhausted");
  const detail: TaskDetail = {
    ...recorded,
    runs: recorded.runs.map((run) => ({
      ...run,
      failureReason: {
        bytes: 80_000,
        head: '{"name":"GatewayTimeoutError","message":"no answer from eu-west-1","stack":"at charge (pay.ts:7)"}',
      },
    })),
  };
  const timeline = buildTimeline(detail);
  const lane = timeline.lanes.at(-1);
  const span = lane?.spans.find(({ kind }) => kind === "failure");
  if (!lane || !span) throw new Error("The recording has no failure");
  const { getByText } = render(
    <QueryClientProvider client={new QueryClient()}>
      <Inspector detail={detail} lane={lane} span={span} onClose={() => {}} />
    </QueryClientProvider>,
  );
  const error = getByText("Error", { selector: "h2" }).closest("section");
  for (const text of ["GatewayTimeoutError", "no answer from eu-west-1", "at charge (pay.ts:7)"])
    expect(error?.textContent).toContain(text);
  expect(getByText(/^Load/)).toBeTruthy();
});
