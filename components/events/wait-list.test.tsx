// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { TaskDetail } from "@/lib/model/task";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { WaitList } from "./wait-list";

const show = (detail: TaskDetail) => render(<WaitList detail={detail} />).container.textContent;

test("an ended task lists the events that it received", () => {
  const detail = getRecording("event-delivered");
  const name = Object.keys(detail.eventsEmittedAt)[0] ?? "";
  expect(name).not.toBe("");
  const [text, later] = [show(detail), show({ ...detail, eventsEmittedAt: {} })];
  expect(text).toContain(name);
  expect(text).toContain("Received");
  expect(text).not.toContain("not emitted");
  expect(later).toMatch(/no longer stored|No checkpoint that was read/);
});

test("an active task that waits for nothing has another text than an ended task without events", () => {
  expect(show(getRecording("running"))).toContain("Not waiting for an event");
  expect(show(getRecording("completed"))).toContain("No checkpoint that was read holds an event");
});
