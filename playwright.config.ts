import { defineConfig, devices } from "@playwright/test";
import { BROWSER_ARGS, findBrowser } from "./testing/browser";

const executablePath = findBrowser();

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  // Proxies, load on the whole machine, and tests tagged @long: npm run test:long.
  testIgnore: process.env.ABSURD_LONG ? [] : "long/**",
  ...(!process.env.ABSURD_LONG && { grepInvert: /@long/ }),
  outputDir: "test-results",
  globalSetup: "./e2e/support/global-setup.ts",
  // One server and one database serve all specs on two cores; each spec uses its own queue names.
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"], ["json", { outputFile: ".cache/e2e.json" }]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: { args: BROWSER_ARGS, ...(executablePath && { executablePath }) },
  },
});
