/**
 * An owner for the life cycle tests: starts a server on the given directory, prints its URL, and waits for a signal.
 */
import { startEmbeddedPostgres } from "../embedded";

const server = await startEmbeddedPostgres({
  directory: process.argv[2] ?? "",
  settings: { fsync: "off", shared_buffers: "16MB" },
});
process.stdout.write(`${JSON.stringify({ url: server.url("postgres"), host: server.hostPid })}\n`);
process.stdin.resume().on("end", async () => {
  await server.stop();
  process.exit(0);
});
