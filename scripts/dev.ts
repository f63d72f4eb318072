/** `npm run dev`: the dashboard in development mode, on `DATABASE_URL` or otherwise on the demo's system. */

import { DEFAULT_DATA_DIR } from "@/demo/run";
import { stage } from "@/demo/stage";
import { startSystem } from "@/demo/system";
import { startWeb } from "@/demo/web";
import { getHomeDatabase } from "@/lib/db/databases";
import { getEnvironment } from "@/lib/db/env";
import { supervise } from "@/server/supervise";

const exitCode = await supervise(async (supervision) => {
  if (!process.env.DATABASE_URL && !process.env.DATABASES) {
    process.env.DATABASE_URL = await startSystem(
      { dataDir: DEFAULT_DATA_DIR, fresh: false },
      supervision,
    );
    process.env.DATABASE_READ_URL = "";
  }
  const { HOST: host, PORT: port } = getEnvironment();
  const { url: databaseUrl } = getHomeDatabase();
  const { signal } = supervision;
  const web = await stage("Starting next dev", () =>
    startWeb({ mode: "dev", host, port, databaseUrl, signal }),
  );
  supervision.add({ name: "dashboard", ...web });
  if (web.port !== port) console.log(`  port ${port} is taken; this is ${web.port}`);
  console.log(`\n  The dashboard is at ${web.url}\n`);
});
process.exit(exitCode);
