import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { execa } from "execa";

const SYSTEM_BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Path of an installed Chromium: `CHROMIUM_PATH`, Playwright's own, or the system's. */
export function findBrowser(): string | undefined {
  return [process.env.CHROMIUM_PATH, chromium.executablePath(), ...SYSTEM_BROWSERS].find(
    (path) => path && existsSync(path),
  );
}

/**
 * Path of a Chromium. If there is none, installs one with Playwright, or on Debian as root with apt.
 *
 * @throws Error with manual instructions if neither works.
 */
export async function ensureBrowser(log: (line: string) => void): Promise<string> {
  const found = findBrowser();
  if (found) return found;
  log("no Chromium found: installing one");
  const attempts: [string, string[]][] = [["npx", ["playwright", "install", "chromium"]]];
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    attempts.unshift(["sh", ["-c", "apt-get update -q && apt-get install -y -q chromium"]]);
  }
  for (const [command, args] of attempts) {
    await execa(command, args, { stdio: ["ignore", "inherit", "inherit"], reject: false });
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    "No Chromium could be installed. Install one (Debian: `sudo apt-get install chromium`; elsewhere: `npx playwright install --with-deps chromium`), or set CHROMIUM_PATH to its executable, and run the tests again.",
  );
}

/** Flags for a headless Chromium in a container or as root, where its own sandbox can't work. */
export const BROWSER_ARGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
