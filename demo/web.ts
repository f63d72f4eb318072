import { setTimeout as pause } from "node:timers/promises";
import getPort, { portNumbers } from "get-port";
import { NEXT } from "@/server/build";
import { type Child, startChild } from "@/server/child";
import { nodeArguments } from "@/server/program";

const LOOPBACK = "127.0.0.1";
/** Maximum time until the dashboard responds; `next dev` compiles first. */
const READY_SECONDS = 120;

export type Web = {
  url: string;
  port: number;
  pid: number;
  ended: Child["ended"];
  stop: Child["stop"];
};

/**
 * Serves the dashboard on the given port, or on the next free one.
 *
 * @throws Error if it exits, or does not respond in time.
 */
export async function startWeb(options: {
  mode: "start" | "dev";
  host?: string;
  port: number;
  databaseUrl: string;
  signal: AbortSignal;
}): Promise<Web> {
  const { mode, host = LOOPBACK, databaseUrl, signal } = options;
  const port = await getPort({
    port: portNumbers(options.port, Math.min(options.port + 200, 65535)),
  });
  const child = await startChild({
    args:
      mode === "start"
        ? [...nodeArguments("server/main.ts"), "serve"]
        : [NEXT, "dev", "-H", host, "-p", String(port)],
    env: {
      DATABASE_URL: databaseUrl,
      HOST: host,
      PORT: String(port),
      NODE_ENV: mode === "start" ? "production" : "development",
      NEXT_TELEMETRY_DISABLED: "1",
    },
  });
  const url = `http://${host === "0.0.0.0" ? LOOPBACK : host}:${port}`;
  try {
    await untilHealthy(url, child, signal);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { url, port, pid: child.pid, ended: child.ended, stop: child.stop };
}

async function untilHealthy(url: string, child: Child, signal: AbortSignal): Promise<void> {
  let how: number | NodeJS.Signals | undefined;
  child.ended.then((value) => {
    how = value;
  });
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (how !== undefined) throw new Error(`The dashboard's server ended with ${how}.`);
    const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(30_000) }).catch(
      () => undefined,
    );
    if (answer?.ok) return;
    await pause(150);
  }
  throw new Error(`The dashboard did not respond at ${url} within ${READY_SECONDS} seconds.`);
}
