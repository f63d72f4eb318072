import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";

const execute = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");
const SOURCES = ["package.json", "tsconfig.json", "tsconfig.client.json", ".gitignore", "LICENSE"];

let database: TestDatabase;
let project: string;
let installed: string[];

/** Packs a copy of the sources and installs that into an empty project, with what this checkout has as the registry. */
beforeAll(async () => {
  database = await createTestDatabase();
  project = await mkdtemp(path.join(tmpdir(), "absurd-client-"));
  const sources = path.join(project, "sources");
  for (const name of [...SOURCES, "lib/absurd", "lib/model"])
    await cp(path.join(ROOT, name), path.join(sources, name), { recursive: true });
  await symlink(path.join(ROOT, "node_modules"), path.join(sources, "node_modules"));
  const { stdout } = await execute(
    "npm",
    ["pack", "--json", "--loglevel=error", "--pack-destination", project],
    { cwd: sources },
  );
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
  const manifest = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8"));
  const here = (name: string) => `file:${path.join(ROOT, "node_modules", name)}`;
  await writeJson("package.json", {
    type: "module",
    dependencies: {
      "absurd-dashboard": `file:${filename}`,
      ...Object.fromEntries(Object.keys(manifest.dependencies).map((name) => [name, here(name)])),
    },
  });
  await execute(
    "npm",
    ["install", "--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"],
    { cwd: project },
  );
  const modules = path.join(project, "node_modules");
  installed = (await readdir(modules)).filter((name) => !name.startsWith("."));
  // What a program that uses the package brings along.
  for (const name of ["pg", "@types"])
    await symlink(path.join(ROOT, "node_modules", name), path.join(modules, name));
}, 180_000);
afterAll(async () => {
  await database.drop();
  await rm(project, { recursive: true, force: true });
});

const writeJson = (file: string, value: unknown) =>
  writeFile(path.join(project, file), JSON.stringify(value));
const run = (...args: string[]) =>
  execute(process.execPath, args, {
    cwd: project,
    env: { ...process.env, DATABASE_URL: database.url, NODE_OPTIONS: "" },
  });

test("it brings four dependencies and nothing of the dashboard", async () => {
  expect(installed.sort()).toEqual([
    "@noble",
    "absurd-dashboard",
    "croner",
    "lossless-json",
    "yaml",
  ]);
  const files = await readdir(path.join(project, "node_modules/absurd-dashboard"), {
    recursive: true,
  });
  expect(files).toContain(path.join("dist", "absurd", "client.js"));
  expect(files).toContain("LICENSE");
  expect(files.filter((file) => /test|legacy|^lib|^app/.test(file))).toEqual([]);
});

test("a JavaScript program works with it", async () => {
  await writeFile(
    path.join(project, "program.js"),
    `import { AbsurdClient, InvalidArgumentError } from "absurd-dashboard/client";
     import { Pool } from "pg";

     const pool = new Pool({ connectionString: process.env.DATABASE_URL });
     const client = new AbsurdClient({ queueName: "packed", db: pool });
     await client.createQueue();
     const { taskId } = await client.spawnTask(pool, "add", [9007199254740993n, 1]);
     const [task] = await client.claimTasks();
     await client.completeTask(task.runId, task.params[0] + BigInt(task.params[1]));
     const { result } = await client.getTaskResult(taskId);
     const refused = await client.spawnTask(" ").catch((error) => error);
     const inner = await import("absurd-dashboard/client/tasks/spawn").catch(({ code }) => code);
     console.log(result, refused instanceof InvalidArgumentError, inner);
     await pool.end();`,
  );
  const { stdout } = await run("program.js");
  expect(stdout.trim()).toBe("9007199254740994n true ERR_PACKAGE_PATH_NOT_EXPORTED");
});

test("a TypeScript program is checked against its types", async () => {
  await writeJson("tsconfig.json", {
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ["node"],
    },
    include: ["*.ts"],
  });
  await writeFile(
    path.join(project, "program.ts"),
    `import { AbsurdClient, type Json, RunChangedError, type TaskResult } from "absurd-dashboard/client";
     import { Client, Pool, type PoolClient } from "pg";

     const pool = new Pool();
     const client = new AbsurdClient({ queueName: "q", db: pool });
     export async function inTransaction(connection: PoolClient, plain: Client): Promise<Json> {
       const { taskId, runId } = await client.spawnTask(connection, "task", { n: 1n });
       const outcome: TaskResult | null = await client.getTaskResult(plain, taskId);
       const moved = await client.rescheduleRun({ runId, at: "now" });
       const step: string | undefined = moved.kind === "sleep" ? moved.step : undefined;
       if (outcome?.state === "failed") throw new RunChangedError(runId, "failed", step ?? "");
       // @ts-expect-error A run's id is text, and a symbol is no JSON.
       await client.completeTask(42, Symbol());
       return outcome?.state === "completed" ? (outcome.result ?? null) : null;
     }`,
  );
  await run(path.join(ROOT, "node_modules/typescript/bin/tsc"));
}, 180_000);
