import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { installPackage, type PackageProject } from "@/testing/installed/install-package";

const ROOT = path.resolve(import.meta.dirname, "../..");

let database: TestDatabase;
let project: PackageProject;

beforeAll(async () => {
  database = await createTestDatabase();
  project = await installPackage(["lib/absurd", "lib/model"], ["pg", "@types"]);
}, 180_000);
afterAll(async () => {
  await database.drop();
  await project.remove();
});

const run = (...args: string[]) => project.run(args, { DATABASE_URL: database.url });

test("the package installs four dependencies and nothing of the dashboard", async () => {
  expect(project.installed).toEqual([
    "@noble",
    "absurd-dashboard",
    "croner",
    "lossless-json",
    "yaml",
  ]);
  const files = await readdir(path.join(project.folder, "node_modules/absurd-dashboard"), {
    recursive: true,
  });
  expect(files).toContain(path.join("dist", "absurd", "client.js"));
  expect(files).toContain("LICENSE");
  expect(files.filter((file) => /test|legacy|^lib|^app/.test(file))).toEqual([]);
});

test("a JavaScript program works with the package", async () => {
  await project.write(
    "program.js",
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

test("a TypeScript program is checked against the package's types", async () => {
  await project.write("tsconfig.json", {
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
  await project.write(
    "program.ts",
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
       // @ts-expect-error A run's id is text, and a symbol is not JSON.
       await client.completeTask(42, Symbol());
       return outcome?.state === "completed" ? (outcome.result ?? null) : null;
     }`,
  );
  const tsc = path.join(ROOT, "node_modules/typescript/bin/tsc");
  await run(tsc);
  await run(tsc, "--module", "preserve", "--moduleResolution", "bundler");
}, 180_000);

test("the command explains how to install the dashboard if it cannot be downloaded", async () => {
  await project.write("offline.npmrc", "offline=true\n");
  const refused = await project
    .run(["node_modules/absurd-dashboard/bin/absurd-dashboard.mjs", "--version"], {
      npm_config_userconfig: path.join(project.folder, "offline.npmrc"),
      npm_config_cache: path.join(project.folder, "empty-cache"),
    })
    .catch((error: { code: number; stderr: string }) => error);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("npm install absurd-dashboard-server");
});
