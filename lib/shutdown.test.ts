import { expect, test, vi } from "vitest";
import { beginShutdown, onShutdown, shutdownSignal } from "./shutdown";

test("stopping aborts the signal, runs every task except removed ones, and continues when one fails", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const done: string[] = [];
  onShutdown("lease", async () => {
    expect(shutdownSignal().aborted).toBe(true);
    done.push("lease");
  });
  onShutdown("broken", () => {
    throw new TypeError("secret detail");
  });
  onShutdown("removed", () => void done.push("removed"))();
  expect(shutdownSignal().aborted).toBe(false);
  await beginShutdown();
  expect(done).toEqual(["lease"]);
  expect(logged.mock.calls).toEqual([['{"shutdown":"broken","error":"TypeError"}']]);
});
