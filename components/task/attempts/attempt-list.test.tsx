// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Run, TaskDetail } from "@/lib/model/task";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { AttemptList } from "./attempt-list";

function withErrors(...messages: string[]): TaskDetail {
  const detail = getRecording("failed-exhausted");
  const [first] = detail.runs;
  if (!first) throw new Error("The recording has no attempts");
  const runs = messages.map((message, index): Run => {
    const text = JSON.stringify({ name: "Declined", message, stack: `${message} at pay` });
    return {
      ...first,
      runId: `019cbd00-0000-7000-8000-00000000000${index}`,
      attempt: index + 1,
      failureReason: { bytes: text.length, text },
    };
  });
  return { ...detail, runs };
}

const show = (detail: TaskDetail) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <AttemptList detail={detail} />
    </QueryClientProvider>,
  );

test("an identical error is shown once, and a table lists the error of each attempt", () => {
  const { container } = show(withErrors("card expired", "card expired", "no funds", "no funds"));
  const details = container.querySelector("ol")?.textContent ?? "";
  expect(details.split("card expired at pay").length - 1).toBe(1);
  expect(details.split("no funds at pay").length - 1).toBe(1);
  const table = container.querySelector("table")?.textContent ?? "";
  expect(table.split("Declined: card expired").length - 1).toBe(2);
  expect(table.split("Declined: no funds").length - 1).toBe(2);
});

test("few attempts have no table, and all differing errors are shown", () => {
  const { container } = show(withErrors("card expired", "no funds"));
  expect(container.querySelector("table")).toBeNull();
  const details = container.querySelector("ol")?.textContent ?? "";
  for (const message of ["card expired", "no funds"]) expect(details).toContain(message);
});
