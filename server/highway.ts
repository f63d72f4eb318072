import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { Command, Option } from "commander";
import { parseJson, stringifyJson } from "@/lib/absurd/connection/json";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { parseConnectionString } from "@/lib/db/connection/connection-string";
import type { DatabasePool } from "@/lib/db/connection/pool";
import { listDatabases } from "@/lib/db/databases";
import type { DatabaseSettings } from "@/lib/db/fleet-settings";
import { buildFromSteps } from "@/lib/highway/builder/steps";
import { toGraphviz } from "@/lib/highway/diagrams/graphviz";
import { MERMAID_STYLES, type MermaidStyle, toMermaid } from "@/lib/highway/diagrams/mermaid";
import { parseText, parseWorkflow } from "@/lib/highway/language/parse";
import { serializeWorkflow } from "@/lib/highway/language/serialize";
import { canConvert } from "@/lib/highway/model/checks/validate";
import { listNotExecuted } from "@/lib/highway/model/executable";
import { isMapping } from "@/lib/highway/model/fields";
import { listMissingInputs } from "@/lib/highway/model/inputs";
import { formatProblem, hasErrors, type Problem } from "@/lib/highway/model/problem";
import type { Workflow } from "@/lib/highway/model/workflow";
import { startWorkflow } from "@/lib/highway/run/start";
import { storeWorkflow } from "@/lib/highway/run/store";
import type { JsonObject } from "@/lib/model/json";
import { findDatabaseProblem, isUnavailable } from "@/lib/model/sqlstate";
import { createCommandPool } from "./command-pool";
import { applySettings, CONFIG_FILE, collectSettings, explainUnknownDatabase } from "./settings";

const OUTPUTS = ["json", "yaml", "mermaid", "dot"] as const;
type Output = (typeof OUTPUTS)[number];
type RunFlags = { queue: string; inputs: string; wait: boolean };

/** Flags of the commands that open a database, like those of the other `absurd-dashboard` commands. */
type DatabaseFlags = { databaseUrl?: string; config?: string; database?: string };

const LIMITS = { statementTimeout: 60_000, lockTimeout: 15_000 };

type Drawing = { style?: MermaidStyle; rich?: boolean };

/** `absurd-dashboard highway`: runs one of its commands and sets the process's exit code. */
export async function runHighway(args: string[]): Promise<void> {
  const program = new Command("absurd-dashboard highway").description(
    "Checks, converts, draws and runs Highway workflows. A file of - is standard input.",
  );

  program
    .command("validate <file>")
    .description("print the errors and warnings of a workflow; exit with 1 if there are errors")
    .action(async (file: string) => {
      const workflow = await load(file);
      for (const problem of listNotExecuted(workflow))
        console.error(formatProblem({ ...problem, severity: "warning" }));
      console.log(`${workflow.name} ${workflow.version} is valid.`);
    });

  for (const format of ["json", "yaml"] as const)
    program
      .command(`${format} <file>`)
      .description(`write a workflow as ${format.toUpperCase()}, also an invalid one`)
      .action(async (file: string) => print(await convert(file), format));

  const styleOption = () =>
    new Option("--style <style>", "for mermaid: as the Python package 2.0.2 or 2.2.0 draws, or all")
      .choices(MERMAID_STYLES)
      .conflicts("rich");
  const richOption = () => new Option("--rich", "the same as --style rich").default(false);

  program
    .command("mermaid <file>")
    .description("draw a workflow as a Mermaid state diagram, also an invalid one")
    .addOption(styleOption())
    .addOption(richOption())
    .action(async (file: string, drawing: Drawing) =>
      print(await convert(file), "mermaid", drawing),
    );

  program
    .command("dot <file>")
    .description("draw a workflow in the language of Graphviz, also an invalid one")
    .action(async (file: string) => print(await convert(file), "dot"));

  program
    .command("build <steps-file>")
    .description("build a workflow from a list of builder calls")
    .addOption(new Option("--format <format>", "what to write").choices(OUTPUTS).default("yaml"))
    .addOption(styleOption())
    .addOption(richOption())
    .action(async (file: string, { format, ...drawing }: Drawing & { format: Output }) => {
      const steps = parseText(await read(file));
      const isText = !hasErrors(steps.problems);
      const { workflow, problems } = isText ? buildFromSteps(steps.value) : { problems: [] };
      print(accept(workflow, [...steps.problems, ...problems], canConvert), format, drawing);
    });

  const withDatabaseOptions = (command: Command) =>
    command
      .option("-d, --database-url <url>", "connection string; default: DATABASE_URL")
      .option("-c, --config <file>", `configuration file; default: ${CONFIG_FILE} if it exists`)
      .option("--database <name>", "which of several databases");

  withDatabaseOptions(program.command("store <file>"))
    .description("store a workflow in the database, for the dashboard to draw and start")
    .option("--tenant <id>", "whose it is", "default")
    .action(async (file: string, { tenant, ...flags }: DatabaseFlags & { tenant: string }) => {
      const workflow = await load(file);
      await withDatabase(flags, async (pool) => {
        const id = await storeWorkflow(pool, workflow, { tenantId: tenant });
        console.log(`definition ${id} of ${workflow.name} ${workflow.version}`);
      });
    });

  withDatabaseOptions(program.command("run <file>"))
    .description("start a workflow in the database, to be executed by a worker there")
    .requiredOption("--queue <queue>", "the queue of that worker")
    .option("--inputs <json>", "a JSON object", "{}")
    .option("--wait", "wait until the run has ended, and print how", false)
    .action(async (file: string, options: DatabaseFlags & RunFlags) => {
      const inputs = parseInputs(options.inputs);
      const workflow = await load(file);
      const missing = listMissingInputs(workflow, inputs);
      if (missing.length > 0) throw new Error(`Missing inputs: ${missing.join(", ")}.`);
      await withDatabase(options, async (pool) => {
        const { queue } = options;
        const { workflowRunId, taskId } = await startWorkflow(pool, queue, workflow, { inputs });
        console.log(`workflow run ${workflowRunId}, task ${taskId}`);
        if (options.wait) process.exitCode = await waitForEnd(pool, workflowRunId);
      });
    });

  await program.parseAsync(args, { from: "user" }).catch((error: Error) => {
    if (!(error instanceof RefusedWorkflowError)) console.error(`error ${error.message}`);
    process.exitCode = 1;
  });
}

/** Ends a command after the problems of its workflow have been printed. */
class RefusedWorkflowError extends Error {}

/** @throws Error with a message for the user if the settings are invalid or the database can't be used. */
async function withDatabase(
  { databaseUrl, config, database }: DatabaseFlags,
  work: (pool: DatabasePool) => Promise<void>,
): Promise<void> {
  applySettings(await collectSettings({ DATABASE_URL: databaseUrl }, process.env, config));
  const target = parseConnectionString(chooseDatabase(database).url);
  const pool = createCommandPool("highway", target, LIMITS);
  try {
    await work(pool);
  } catch (error) {
    const problem = isUnavailable(error) ? findDatabaseProblem(error, "write") : undefined;
    throw problem ? new Error(`${problem.message} ${problem.hint ?? ""}`.trim()) : error;
  } finally {
    await pool.end();
  }
}

function chooseDatabase(name: string | undefined): DatabaseSettings {
  const all = listDatabases();
  const [chosen, ...others] = all.filter((one) => name === undefined || one.name === name);
  if (chosen && others.length === 0) return chosen;
  const names = all.map((one) => one.name).join(", ");
  throw new Error(
    chosen
      ? `There are several databases: ${names}. Choose one with --database.`
      : explainUnknownDatabase(name, all),
  );
}

function print(workflow: Workflow, format: Output, { style, rich }: Drawing = {}): void {
  if (format === "dot") console.log(toGraphviz(workflow));
  else if (format === "mermaid")
    console.log(toMermaid(workflow, { style: style ?? (rich ? "rich" : "classic") }));
  else process.stdout.write(`${serializeWorkflow(workflow, format).trimEnd()}\n`);
}

/** The workflow in a file. @throws RefusedWorkflowError if it has errors. */
async function load(file: string): Promise<Workflow> {
  const { workflow, problems } = parseWorkflow(await read(file));
  return accept(workflow, problems, (all) => !hasErrors(all));
}

/** The workflow in a file, even an invalid one that the Python package would convert. */
async function convert(file: string): Promise<Workflow> {
  const { workflow, problems } = parseWorkflow(await read(file));
  return accept(workflow, problems, canConvert);
}

/** Prints problems to stderr. @throws RefusedWorkflowError unless there is a workflow with acceptable problems. */
function accept(
  workflow: Workflow | undefined,
  problems: Problem[],
  isAcceptable: (problems: Problem[]) => boolean,
): Workflow {
  for (const problem of problems) console.error(formatProblem(problem));
  if (!workflow || !isAcceptable(problems)) throw new RefusedWorkflowError();
  return workflow;
}

async function waitForEnd(pool: DatabasePool, workflowRunId: string): Promise<number> {
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

function parseInputs(text: string): JsonObject {
  const hint = `--inputs must be a JSON object such as '{"id": 1}'.`;
  try {
    const value = parseJson(text);
    if (isMapping(value)) return value as JsonObject;
  } catch {
    throw new Error(hint);
  }
  throw new Error(hint);
}

async function read(file: string): Promise<string> {
  if (file !== "-")
    return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${file} cannot be read (${error.code}).`);
    });
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
