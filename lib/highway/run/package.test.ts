/** The entry `absurd-dashboard/highway/run`, installed next to the program's own copy of the SDK. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase } from "@/testing/dashboard-database";
import { installPackage, type PackageProject } from "@/testing/installed/install-package";

const database = openTestDatabase();
let project: PackageProject;
beforeAll(async () => {
  project = await installPackage(
    ["lib/absurd", "lib/model", "lib/highway"],
    ["pg", "@types", "absurd-sdk"],
  );
}, 180_000);
afterAll(() => project.remove());

/** The blocks of a language in a page of the documentation. */
async function readBlocks(page: string, language: string): Promise<string[]> {
  const text = await readFile(page, "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, block = ""]) => block,
  );
}

test("every program of the documentation works as documented", async () => {
  const manual = await readBlocks("lib/highway/README.md", "ts");
  const page = await readBlocks("docs/highway.md", "ts");
  const [document = ""] = await readBlocks("docs/highway.md", "yaml");
  await project.write("order_intake.yaml", document);
  const programs = [...manual, ...page];
  expect(programs).toHaveLength(5);
  for (const [index, program] of programs.entries()) {
    // The TypeScript of the documentation is valid JavaScript as well.
    await project.write(`docs-${index}.ts`, program);
    await project.write(`docs-${index}.mjs`, program);
  }
  const env = { DATABASE_URL: database.url };
  const outputs: string[] = [];
  // A worker that waits for a signal receives one.
  for (const [index, program] of programs.entries())
    outputs.push(
      (
        await project.run(
          program.includes("SIGTERM")
            ? [
                "--input-type=module",
                "-e",
                `await import("./docs-${index}.mjs"); process.kill(process.pid, "SIGTERM");`,
              ]
            : [`docs-${index}.mjs`],
          env,
        )
      ).stdout,
    );
  expect(outputs.find((text) => text.includes("stateDiagram-v2"))).toContain("is_big ?");
  expect(outputs.join()).toContain("order 7 is shipped");
  expect(outputs.some((text) => /^[0-9a-f-]{36}\n$/.test(text))).toBe(true);
}, 120_000);

test("a program runs a workflow from end to end", async () => {
  await project.write(
    "program.js",
    `import { Absurd } from "absurd-sdk";
     import { WorkflowBuilder } from "absurd-dashboard/highway";
     import { registerHighway, startWorkflow } from "absurd-dashboard/highway/run";
     import { Pool } from "pg";

     const pool = new Pool({ connectionString: process.env.DATABASE_URL });
     const app = new Absurd({ db: pool, queueName: "packed" });
     await app.createQueue();
     registerHighway(app, {
       db: pool,
       queue: "packed",
       functions: { greet: ({ args: [name] }) => "Hello " + name },
     });
     const workflow = new WorkflowBuilder("greeting")
       .wait("breathe", 0.1)
       .activity("greet", "greet", { args: ["{{ inputs.name }}"] })
       .build();
     const { taskId } = await startWorkflow(pool, "packed", workflow, { inputs: { name: "Ada" } });
     const worker = await app.startWorker({ pollInterval: 0.05 });
     const { result } = await app.awaitTaskResult(taskId, { timeout: 20 });
     console.log(result.status, result.result.result);
     await worker.close();
     await pool.end();`,
  );
  const { stdout } = await project.run(["program.js"], { DATABASE_URL: database.url });
  expect(stdout.trim().split("\n").at(-1)).toBe("completed Hello Ada");
}, 60_000);

test("a TypeScript program is checked against the package's types", async () => {
  await project.write("tsconfig.json", {
    compilerOptions: {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ["node"],
    },
    include: ["*.ts"],
  });
  await project.write(
    "program.ts",
    `import { type FunctionCall, registerHighway } from "absurd-dashboard/highway/run";
     import { Absurd } from "absurd-sdk";
     import { Pool } from "pg";

     const pool = new Pool();
     const echo = ({ args }: FunctionCall) => args;
     registerHighway(new Absurd({ db: pool }), { db: pool, queue: "q", functions: { echo } });
     // @ts-expect-error A queue is needed.
     registerHighway(new Absurd({ db: pool }), { db: pool, functions: { echo } });`,
  );
  const tsc = path.resolve("node_modules/typescript/bin/tsc");
  await project.run([tsc]);
  await project.run([tsc, "--module", "preserve", "--moduleResolution", "bundler"]);
}, 180_000);
