import http from "node:http";
import type { Page } from "@playwright/test";

/** Sizes in bytes, of the body without headers. */
export type LoadedScript = { gzip: number; brotli: number };

/**
 * The scripts that a page has loaded, as the server sends them to a client that accepts an encoding. Excludes scripts
 * that this browser skips (`nomodule`).
 */
export async function loadedScripts(page: Page): Promise<LoadedScript[]> {
  const addresses = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => new URL(name).pathname.endsWith(".js")),
  );
  return Promise.all(
    addresses.map(async (address) => ({
      gzip: await measureBody(address, "gzip"),
      brotli: await measureBody(address, "br"),
    })),
  );
}

function measureBody(address: string, encoding: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get(address, { headers: { "accept-encoding": encoding } }, async (response) => {
        const chunks: Buffer[] = await response.toArray();
        resolve(chunks.reduce((sum, { length }) => sum + length, 0));
      })
      .on("error", reject);
  });
}
