import { fileURLToPath } from "node:url";
import { execa } from "execa";
import getPort from "get-port";

export type Dashboard = {
  url: string;
  /** Everything that the server has written to stdout and stderr. */
  log: () => string;
  stop: () => Promise<void>;
};

/**
 * Starts the built dashboard like `npm start`, with only the given settings, on a free port unless they set one.
 * Resolves once it responds, regardless of its database.
 *
 * @param folder of another build, instead of this one.
 */
export async function startDashboard(
  settings: Record<string, string>,
  folder?: string,
): Promise<Dashboard> {
  const port = Number(settings.PORT ?? (await getPort({ host: "127.0.0.1" })));
  const program =
    folder === undefined
      ? ["server/main.ts", "serve"]
      : ["--input-type=module", "--eval", serveFrom(folder, port)];
  const server = execa(process.execPath, ["--import", "tsx", ...program], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { DASHBOARD_OPERATOR: "e2e", ...settings, PORT: String(port) },
    all: true,
    reject: false,
  });
  let log = "";
  server.all.on("data", (part) => {
    log += part;
  });
  const url = `http://127.0.0.1:${port}`;
  await waitForResponse(`${url}/api/health`, server).catch(async (error: Error) => {
    server.kill();
    throw new Error(`${error.message}\n${(await server).all}`);
  });
  return {
    url,
    log: () => log,
    stop: async () => {
      server.kill("SIGTERM");
      await server;
    },
  };
}

function serveFrom(folder: string, port: number): string {
  const options = JSON.stringify({ folder, basePath: "", host: "127.0.0.1", port });
  return `const { serve } = await import("./server/serve.ts"); await serve(${options});`;
}

async function waitForResponse(url: string, server: { exitCode?: number | null | undefined }) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const response = await fetch(url).catch(() => undefined);
    if (response) return;
    if (typeof server.exitCode === "number") break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The dashboard did not respond at ${url}.`);
}
