import path from "node:path";
import { expect, test } from "vitest";
import { parsePlaywrightReport, parseVitestReport } from "./tally";

test("a unit report names each failed test and each file that did not load", () => {
  const report = {
    numPassedTests: 2,
    numFailedTests: 1,
    testResults: [
      {
        name: path.resolve("lib/a.test.ts"),
        status: "failed",
        message: "",
        assertionResults: [
          { fullName: "adds", status: "passed", failureMessages: [] },
          { fullName: "subtracts", status: "failed", failureMessages: ["expected 1\n    at a.ts"] },
        ],
      },
      {
        name: path.resolve("lib/b.test.ts"),
        status: "failed",
        message: "No c",
        assertionResults: [],
      },
    ],
  };
  expect(parseVitestReport(JSON.stringify(report))).toEqual({
    passed: 2,
    failed: 2,
    failures: ["lib/a.test.ts › subtracts › expected 1", "lib/b.test.ts › No c"],
  });
});

test("a browser report names failures at any depth, and tests that passed only on a retry", () => {
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: "x.spec.ts",
    ok: status === "expected",
    tests: [{ status, results: [{}, ...(message ? [{ error: { message } }] : [])] }],
  });
  const report = {
    suites: [
      {
        specs: [spec("opens", "expected")],
        suites: [
          {
            specs: [
              spec("closes", "unexpected", "\u001b[31mstays\u001b[39m open\nat x"),
              spec("turns", "flaky"),
            ],
          },
        ],
      },
    ],
    errors: [],
    stats: { expected: 1, unexpected: 1, flaky: 1 },
  };
  expect(parsePlaywrightReport(JSON.stringify(report))).toEqual({
    passed: 1,
    failed: 2,
    failures: ["e2e/x.spec.ts › closes › stays open", "e2e/x.spec.ts › turns"],
  });
});
