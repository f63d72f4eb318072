import path from "node:path";

/** Result of a suite. Each failure is one line that starts with its file. */
export type Tally = { passed: number; failed: number; failures: string[] };

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
};
type PlaywrightSuite = {
  suites?: PlaywrightSuite[];
  specs: {
    title: string;
    file: string;
    ok: boolean;
    tests: { status: string; results: Result[] }[];
  }[];
};
type Result = { error?: { message?: string } };
type PlaywrightReport = {
  suites: PlaywrightSuite[];
  errors: { message?: string }[];
  stats: { expected: number; unexpected: number; flaky: number };
};

/** Parses the output of Vitest's JSON reporter. A file that could not be loaded counts as a failure. */
export function parseVitestReport(json: string): Tally {
  const report: VitestReport = JSON.parse(json);
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && status === "failed") return [describe(file, "", message)];
    return failed.map((test) => describe(file, test.fullName, test.failureMessages[0]));
  });
  return {
    passed: report.numPassedTests,
    failed: Math.max(report.numFailedTests, failures.length),
    failures,
  };
}

/** Parses the output of Playwright's JSON reporter. A test that passed only on a retry counts as failed. */
export function parsePlaywrightReport(json: string): Tally {
  const { suites, errors, stats } = JSON.parse(json) as PlaywrightReport;
  const failures = suites.flatMap(failuresOf);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    failures: [...failures, ...errors.map(({ message }) => describe("e2e", "", message))],
  };
}

function failuresOf({ suites = [], specs }: PlaywrightSuite): string[] {
  const failed = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ results }) =>
        describe(`e2e/${file}`, title, results.find(({ error }) => error)?.error?.message),
      ),
  );
  return [...failed, ...suites.flatMap(failuresOf)];
}

function describe(file: string, title: string, message = ""): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  const [reason = ""] = message.replace(/\x1b\[[\d;]*m/g, "").split("\n");
  return [file, title, reason].filter(Boolean).join(" › ");
}
