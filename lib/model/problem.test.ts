import { expect, test, vi } from "vitest";
import { isNotFound, ProblemError } from "./problem";

test("a problem of another bundle's copy of the class is recognised", async () => {
  vi.resetModules();
  const { ProblemError: Copy } = await import("./problem");
  expect(Copy).not.toBe(ProblemError);
  const problem = new Copy({ code: "queue_not_found", message: "Queue not found." });
  expect(problem instanceof ProblemError).toBe(true);
  expect(isNotFound(problem)).toBe(true);
  for (const other of [new Error("ProblemError"), { name: "ProblemError" }, null, undefined])
    expect((other as unknown) instanceof ProblemError).toBe(false);
});
