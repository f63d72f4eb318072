import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));

let outside: string;
let project: string;
/** A project with one dependency, which npm can install without any registry. */
beforeAll(async () => {
  outside = await mkdtemp(path.join(tmpdir(), "absurd-bootstrap-"));
  project = path.join(outside, "project");
  await mkdir(path.join(project, "scripts"), { recursive: true });
  await mkdir(path.join(outside, "node_modules"));
  await symlink(path.join(ROOT, "node_modules/tsx"), path.join(outside, "node_modules/tsx"));
  await cp(path.join(ROOT, "scripts/bootstrap.mjs"), path.join(project, "scripts/bootstrap.mjs"));
  await writeFile(
    path.join(project, "scripts/hello.ts"),
    `import { readFileSync } from "node:fs";
     const version: string = JSON.parse(readFileSync("node_modules/part/package.json", "utf8")).version;
     let signals = 0;
     process.on("SIGTERM", () => {
       signals += 1;
       setTimeout(() => { console.log("signals " + signals); process.exit(7); }, 300);
     });
     console.log(JSON.stringify({ version, args: process.argv.slice(2), pid: process.pid }));
     if (process.argv.includes("--stay")) setInterval(() => {}, 1000);`,
  );
  await publish("1.0.0");
});
afterAll(() => rm(outside, { recursive: true }));

/** Makes the lock file require another version of the dependency, as a pull from the repository would. */
async function publish(version: string): Promise<void> {
  const source = path.join(outside, "part");
  await mkdir(source, { recursive: true });
  await writeFile(path.join(source, "package.json"), JSON.stringify({ name: "part", version }));
  await run("npm", ["pack", "--pack-destination", project], { cwd: source });
  const dependencies = { part: `file:part-${version}.tgz` };
  // Outside the project, so that npm ignores what is installed there.
  const apart = await mkdtemp(path.join(outside, "lock-"));
  await cp(path.join(project, `part-${version}.tgz`), path.join(apart, `part-${version}.tgz`));
  await writeFile(
    path.join(apart, "package.json"),
    JSON.stringify({ name: "project", version: "0.0.0", type: "module", dependencies }),
  );
  await run("npm", ["install", "--package-lock-only", "--offline"], { cwd: apart });
  for (const file of ["package.json", "package-lock.json"])
    await cp(path.join(apart, file), path.join(project, file));
}

async function bootstrap(...args: string[]): Promise<string> {
  const { stdout } = await run("node", ["scripts/bootstrap.mjs", "scripts/hello.ts", ...args], {
    cwd: project,
  });
  return stdout;
}

test("packages are installed if they are missing, and only once", async () => {
  const first = await bootstrap("--name", "two words");
  expect(first).toContain("Installing packages (npm ci)");
  expect(first).toContain('"version":"1.0.0","args":["--name","two words"]');
  expect(await bootstrap()).not.toContain("Installing");
});

test("packages are reinstalled if the lock file requires others or their folder is missing", async () => {
  await publish("1.0.1");
  const output = await bootstrap();
  expect(output).toContain("Installing packages");
  expect(output).toContain('"version":"1.0.1"');
  await rm(path.join(project, "node_modules/part"), { recursive: true });
  expect(await bootstrap()).toContain("Installing packages");
});

test("a lock file without other platforms' packages is installed and left unchanged", async () => {
  const file = path.join(project, "package-lock.json");
  const lock = JSON.parse(await readFile(file, "utf8"));
  lock.packages["node_modules/part"].version = "1.0.2";
  lock.packages["node_modules/part"].optionalDependencies = { "part-on-the-moon": "1.0.0" };
  const text = JSON.stringify(lock);
  await writeFile(file, text);
  const output = await bootstrap().catch((error) => error.stdout as string);
  expect(output).toContain("Installing packages (npm install)");
  expect(await readFile(file, "utf8")).toBe(text);
  await publish("1.0.1");
});

test("a signal reaches the script once, and the command exits with the script's exit code", async () => {
  const child = spawn("node", ["scripts/bootstrap.mjs", "scripts/hello.ts", "--stay"], {
    cwd: project,
  });
  const lines = createInterface({ input: child.stdout });
  const output: string[] = [];
  lines.on("line", (line) => output.push(line));
  await once(lines, "line");
  while (!output.some((line) => line.includes('"pid"'))) await once(lines, "line");
  expect(output.at(-1)).toContain(`"pid":${child.pid}`);
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code).toBe(7);
  expect(output).toContain("signals 1");
});

test("a missing script is an error", async () => {
  await expect(
    run("node", ["scripts/bootstrap.mjs", "scripts/none.ts"], { cwd: project }),
  ).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Usage:"),
  });
});
