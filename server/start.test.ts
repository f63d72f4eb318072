import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Runs the script of `npm start` with only these settings. */
function start(settings: Record<string, string>) {
  const { PATH = "", HOME = "", NODE_ENV } = process.env;
  return promisify(execFile)(process.execPath, ["--import", "tsx", "server/main.ts", "serve"], {
    env: { PATH, HOME, NODE_ENV, ...settings },
  });
}

const DATABASE_URL = "postgresql://nobody:nothing@127.0.0.1:9/none";

test.each([
  ["DATABASE_URL", {}],
  ["DASHBOARD_TOKEN", { DATABASE_URL, HOST: "0.0.0.0" }],
  ["DASHBOARD_TOKEN", { DATABASE_URL, HOST: "0.0.0.0", DASHBOARD_TOKEN: "short" }],
  ["PORT", { DATABASE_URL, PORT: "http" }],
])("a setting that can't be used is refused at start: %s", async (name, settings) => {
  await expect(start(settings)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(name),
    stdout: "",
  });
});
