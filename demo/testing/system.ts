/** The demo without the dashboard, for tests: `test-system.ts <data directory>`. Prints "up" when everything runs. */

import { startSystem } from "@/demo/system";
import { supervise } from "@/server/supervise";

const exitCode = await supervise(async (supervision) => {
  const databaseUrl = await startSystem(
    { dataDir: process.argv[2] ?? "", fresh: false },
    supervision,
  );
  console.log(`up ${databaseUrl}`);
});
process.exit(exitCode);
