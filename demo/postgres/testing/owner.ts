/** An owner for the life cycle tests: starts a server on the directory given, prints its URL, and waits to be ended. */
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
