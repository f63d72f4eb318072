/** `npm run -s highway -- …`: Highway workflows on the command line. */

import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { Command, Option } from "commander";
import { Pool } from "pg";
import { parse as parseYaml } from "yaml";
import { parseJson, stringifyJson } from "@/lib/absurd/json";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs";
import { buildFromSteps } from "@/lib/highway/builder/steps";
import { toMermaid } from "@/lib/highway/diagrams/mermaid";
import { parseWorkflow } from "@/lib/highway/language/parse";
import { serializeWorkflow } from "@/lib/highway/language/serialize";
import { isMapping } from "@/lib/highway/model/fields";
import { formatProblem, hasErrors, type Problem } from "@/lib/highway/model/problem";
import type { Workflow } from "@/lib/highway/model/workflow";
import { startWorkflow } from "@/lib/highway/run/start";
import { storeWorkflow } from "@/lib/highway/run/store";
import type { JsonObject } from "@/lib/model/json";

type Output = "json" | "yaml" | "mermaid";

const program = new Command("npm run -s highway --").description(
  "Checks, converts, draws and runs Highway workflows. A file of - is standard input.",
);

program
  .command("validate <file>")
  .description("print the errors and warnings of a workflow")
  .action(async (file: string) => {
    const workflow = await load(file);
    console.log(`${workflow.name} ${workflow.version} is valid.`);
  });

for (const format of ["json", "yaml"] as const)
  program
    .command(`${format} <file>`)
    .description(`write a workflow as ${format.toUpperCase()}`)
    .action(async (file: string) => print(await load(file), format));

program
  .command("mermaid <file>")
  .description("draw a workflow as a Mermaid state diagram")
  .option("--rich", "with branches, loops, cases and handlers", false)
  .action(async (file: string, { rich }: { rich: boolean }) =>
    print(await load(file), "mermaid", rich),
  );

program
  .command("build <steps-file>")
  .description("build a workflow from a list of builder calls")
  .addOption(
    new Option("--format <format>", "what to write")
      .choices(["json", "yaml", "mermaid"])
      .default("yaml"),
  )
  .option("--rich", "for mermaid: with branches, loops, cases and handlers", false)
  .action(async (file: string, options: { format: Output; rich: boolean }) => {
    const { workflow, problems } = buildFromSteps(readSteps(await read(file)));
    print(accept(workflow, problems), options.format, options.rich);
  });

program
  .command("store <file>")
  .description(
    "store a workflow in the database of DATABASE_URL, for the dashboard to draw and start",
  )
  .option("--tenant <id>", "whose it is", "default")
  .action(async (file: string, { tenant }: { tenant: string }) => {
    const workflow = await load(file);
    await withDatabase(async (pool) => {
      const id = await storeWorkflow(pool, workflow, { tenantId: tenant });
      console.log(`definition ${id} of ${workflow.name} ${workflow.version}`);
    });
  });

program
  .command("run <file>")
  .description("start a workflow in the database of DATABASE_URL, to be executed by a worker there")
  .requiredOption("--queue <queue>", "the queue of that worker")
  .option("--inputs <json>", "a JSON object", "{}")
  .option("--wait", "wait until the run has ended, and print how", false)
  .action(async (file: string, options: { queue: string; inputs: string; wait: boolean }) => {
    const inputs = readInputs(options.inputs);
    const workflow = await load(file);
    await withDatabase(async (pool) => {
      const { queue } = options;
      const { workflowRunId, taskId } = await startWorkflow(pool, queue, workflow, { inputs });
      console.log(`workflow run ${workflowRunId}, task ${taskId}`);
      if (options.wait) process.exitCode = await waitForEnd(pool, workflowRunId);
    });
  });

await program.parseAsync().catch((error: Error) => {
  console.error(`error ${error.message}`);
  process.exitCode = 1;
});

async function withDatabase(work: (pool: Pool) => Promise<void>): Promise<void> {
  if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set.");
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

function print(workflow: Workflow, format: Output, rich = false): void {
  if (format === "mermaid") console.log(toMermaid(workflow, { style: rich ? "rich" : "classic" }));
  else process.stdout.write(`${serializeWorkflow(workflow, format).trimEnd()}\n`);
}

/** The workflow in a file; problems go to stderr, and errors end the program. */
async function load(file: string): Promise<Workflow> {
  const { workflow, problems } = parseWorkflow(await read(file));
  return accept(workflow, problems);
}

function accept(workflow: Workflow | undefined, problems: Problem[]): Workflow {
  for (const problem of problems) console.error(formatProblem(problem));
  if (!workflow || hasErrors(problems)) process.exit(1);
  return workflow;
}

async function waitForEnd(pool: Pool, workflowRunId: string): Promise<number> {
  for (;;) {
    const run = await getWorkflowRun(pool, workflowRunId);
    if (run?.completedAt) {
      console.log(
        stringifyJson({ status: run.status, result: run.result ?? null, error: run.error ?? null }),
      );
      return run.status === "completed" ? 0 : 1;
    }
    await setTimeout(250);
  }
}

function readInputs(text: string): JsonObject {
  const hint = `--inputs must be a JSON object such as '{"id": 1}'.`;
  try {
    const value = parseJson(text);
    if (isMapping(value)) return value as JsonObject;
  } catch {
    throw new Error(hint);
  }
  throw new Error(hint);
}

function readSteps(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    console.error(`error This is not YAML: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

async function read(file: string): Promise<string> {
  if (file !== "-") return readFile(file, "utf8");
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
