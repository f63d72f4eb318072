// @vitest-environment jsdom
import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { render } from "@/testing/render";
import { showToast, Toaster } from "./toast";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  act(() => vi.advanceTimersByTime(60_000));
  vi.useRealTimers();
});

const after = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const show = (toast: Parameters<typeof showToast>[0]) => act(() => showToast(toast));

test("a message disappears after six seconds", () => {
  render(<Toaster />);
  show({ title: "Task cancelled" });
  after(5_900);
  expect(screen.queryByText("Task cancelled")).not.toBeNull();
  after(200);
  expect(screen.queryByText("Task cancelled")).toBeNull();
});

test("a message with a link stays while it is hovered or focused", () => {
  render(<Toaster />);
  show({ title: "Task spawned", link: { href: "/tasks", label: "Open task" } });
  const link = screen.getByRole("link", { name: "Open task" });
  fireEvent.pointerEnter(link.parentElement ?? link);
  after(20_000);
  fireEvent.pointerLeave(link.parentElement ?? link);
  fireEvent.focus(link);
  after(20_000);
  expect(screen.queryByText("Task spawned")).not.toBeNull();
  fireEvent.blur(link);
  after(6_100);
  expect(screen.queryByText("Task spawned")).toBeNull();
});

test("a bad message stays until it is dismissed", () => {
  render(<Toaster />);
  show({ tone: "bad", title: "Nothing was saved" });
  after(60_000);
  expect(screen.queryByText("Nothing was saved")).not.toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByText("Nothing was saved")).toBeNull();
});

test("at most three messages are shown, the newest last", () => {
  render(<Toaster />);
  for (const title of ["a", "b", "c", "d"]) show({ title });
  const region = screen.getByRole("region", { name: "Outcomes" });
  expect([...region.querySelectorAll("p")].map((one) => one.textContent)).toEqual(["b", "c", "d"]);
});
