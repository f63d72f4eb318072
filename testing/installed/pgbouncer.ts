import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import getPort from "get-port";
import { ensureProgram } from "./debian";

export type Pooler = {
  /** URL of the database through the pooler. */
  url: string;
  stop: () => Promise<void>;
};

/** Starts Debian's PgBouncer in front of the server of `url`, with default settings except for its mode. */
export async function startPgBouncer(
  url: string,
  mode: "session" | "transaction" | "statement" = "transaction",
): Promise<Pooler> {
  const program = await ensureProgram("pgbouncer");
  const server = new URL(url);
  const port = await getPort({ host: "127.0.0.1" });
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-pgbouncer-"));
  const settings = path.join(folder, "pgbouncer.ini");
  await writeFile(path.join(folder, "users.txt"), `"${server.username}" "${server.password}"\n`);
  await writeFile(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${folder}/users.txt
pool_mode = ${mode}
default_pool_size = 3
`,
  );
  await chmod(folder, 0o755);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const pooler = spawn(program, [...user, settings], { stdio: "ignore" });
  const address = new URL(url);
  address.hostname = "127.0.0.1";
  address.port = String(port);
  await waitForPort(port);
  return {
    url: address.href,
    stop: async () => {
      pooler.kill();
      if (pooler.exitCode === null && pooler.signalCode === null) await once(pooler, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitForPort(port: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; ) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      socket.destroy();
    }
  }
}
