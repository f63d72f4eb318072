/** A bulk runner in its own process, for tests that kill it. */
import { startBulkRunner } from "@/lib/bulk/runner";

startBulkRunner();
process.stdout.write("started\n");
setInterval(() => {}, 60_000);
