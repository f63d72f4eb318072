import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "@": fileURLToPath(new URL(".", import.meta.url)),
      // The guard throws outside a React server build, but the tests call server code in plain Node.
      "server-only": fileURLToPath(new URL("testing/server-only.ts", import.meta.url)),
    },
  },
  test: {
    include: [
      "{lib,components,app,drizzle,scripts,examples,demo,server,testing,bench}/**/*.test.{ts,tsx}",
      // They install tools or take minutes: npm run test:long.
      ...(process.env.ABSURD_LONG ? ["server/**/*.long-test.ts"] : []),
    ],
    setupFiles: ["testing/viewer.ts"],
    globalSetup: ["testing/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // On a slow machine a polled condition may take a while to become true.
    expect: { poll: { timeout: 15_000 } },
    // Test files share one server and two cores with their own worker processes.
    maxWorkers: 3,
  },
});
