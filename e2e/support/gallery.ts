import { rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import getPort from "get-port";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PICTURES = path.join(ROOT, "test-results/gallery");

export type GalleryServer = { url: string; stop: () => Promise<void> };

/**
 * Starts the development server without a database and waits until the gallery is compiled. If GALLERY_URL is set, uses
 * the server that is running there.
 */
export async function startGallery(settings: Record<string, string> = {}): Promise<GalleryServer> {
  await rm(PICTURES, { recursive: true, force: true });
  if (process.env.GALLERY_URL) return { url: process.env.GALLERY_URL, stop: async () => {} };
  const port = await getPort({ host: "127.0.0.1" });
  const server = execa("node_modules/.bin/next", ["dev", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: ROOT,
    env: {
      NODE_ENV: "development",
      NEXT_TELEMETRY_DISABLED: "1",
      DATABASE_URL: "postgres://nobody@127.0.0.1:9/none",
      ...settings,
    },
    all: true,
    reject: false,
  });
  let log = "";
  server.all.on("data", (part) => {
    log += part;
  });
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; ) {
    const response = await fetch(`${url}/gallery`).catch(() => undefined);
    if (response?.ok) {
      return {
        url,
        stop: async () => {
          server.kill("SIGTERM");
          await server;
        },
      };
    }
    if (server.exitCode !== null && server.exitCode !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  server.kill("SIGTERM");
  throw new Error(`The gallery did not start.\n${log}`);
}
