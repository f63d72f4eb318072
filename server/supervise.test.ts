import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { isAlive } from "@/demo/postgres/left-over";
import { descendantsOf } from "@/demo/testing/processes";

const PROGRAM = fileURLToPath(new URL("testing/supervised.ts", import.meta.url));

/** Starts the program; with `through`, as the child of another process, as npm does. */
async function start(through?: "parent") {
  const command = [process.execPath, "--import", "tsx", PROGRAM];
  const child: ChildProcess = through
    ? spawn(
        process.execPath,
        [
          "-e",
          `require("node:child_process").spawn(process.execPath, ${JSON.stringify(command.slice(1))}, { stdio: "inherit" })`,
        ],
        { env: { ...process.env, npm_lifecycle_event: "demo" } },
      )
    : spawn(process.execPath, command.slice(1));
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => {
      text += chunk;
    });
  await vi.waitUntil(() => text.includes("up "), { timeout: 20_000 });
  return { child, output: () => text, part: Number(/up (\d+)/.exec(text)?.[1]) };
}

test("on any number of stop signals it stops the last part first and exits with 0", async () => {
  const { child, output, part } = await start();
  const ended = once(child, "exit");
  child.kill("SIGINT");
  child.kill("SIGINT");
  child.kill("SIGTERM");
  expect((await ended)[0]).toBe(0);
  expect(output().match(/\w+ stopped/g)).toEqual(["second stopped", "first stopped"]);
  expect(isAlive(part)).toBe(false);
});

test("when a part ends unexpectedly, it names the part, stops the others and exits with 1", async () => {
  const { child, output, part } = await start();
  const ended = once(child, "exit");
  process.kill(part, "SIGKILL");
  expect((await ended)[0]).toBe(1);
  expect(output()).toContain("The second ended unexpectedly.");
  expect(output()).toContain("first stopped");
});

test("it stops when the npm that started it was killed", async () => {
  const { child, part } = await start("parent");
  const [program = 0] = descendantsOf(child.pid ?? 0);
  child.kill("SIGKILL");
  await vi.waitUntil(() => !isAlive(part) && !isAlive(program), { timeout: 20_000 });
});
