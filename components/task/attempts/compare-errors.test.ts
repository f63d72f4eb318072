import { expect, test } from "vitest";
import type { Payload } from "@/lib/model/json";
import { compareErrors } from "./compare-errors";

const failure = (value: unknown): Payload => {
  const text = JSON.stringify(value);
  return { bytes: text.length, text };
};
const error = (message: string, ...frames: string[]) =>
  failure({
    name: "Error",
    message,
    stack: [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n"),
  });

test("a failure with the same text, or with other ids and times, counts as the same", () => {
  const first = error(
    "no order 01a20788-9756-700f-8fa3-41b52607a552 at 2026-01-01T10:00:00Z",
    "a (a.ts:1:2)",
  );
  const second = error(
    "no order 01a20788-973b-7ca9-88ec-350685b7053c at 2026-01-02T11:30:05Z",
    "a (a.ts:7:2)",
  );
  expect(compareErrors(first, first)).toEqual({ kind: "same", exactly: true });
  expect(compareErrors(first, second)).toEqual({ kind: "same", exactly: false });
});

test("library frames do not count as a change", () => {
  const own = "a (a.ts:1:1)";
  expect(
    compareErrors(
      error("x", own, "process.processTicksAndRejections (node:internal/process/task_queues:95:5)"),
      error(
        "x",
        own,
        "runNextTicks (node:internal/process/task_queues:60:5)",
        "b (node:timers:1:1)",
      ),
    ),
  ).toEqual({ kind: "same", exactly: false });
});

test("a changed failure lists the lines of both", () => {
  expect(
    compareErrors(
      error("timeout", "a (a.ts:1:1)", "b (b.ts:1:1)"),
      error("timeout", "a (a.ts:2:1)", "c (c.ts:1:1)"),
    ),
  ).toEqual({
    kind: "changed",
    lines: [
      { sign: " ", text: "Error: timeout" },
      { sign: " ", text: "    at a (a.ts:2:1)" },
      { sign: "-", text: "    at b (b.ts:1:1)" },
      { sign: "+", text: "    at c (c.ts:1:1)" },
    ],
  });
});

test("failures of any shape are compared, but missing and huge ones aren't", () => {
  expect(compareErrors(failure("a"), failure("b"))).toMatchObject({ kind: "changed" });
  expect(
    compareErrors(failure({ message: "x", traceback: "t1" }), failure({ message: "x" })),
  ).toMatchObject({ kind: "changed" });
  expect(compareErrors(null, failure("b"))).toBeNull();
  expect(compareErrors(error("x", ...Array(500).fill("a")), error("x"))).toBeNull();
});
