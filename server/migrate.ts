import { Command } from "commander";
import { Client } from "pg";
import { type Component, migrate } from "@/lib/db/migrate";
import { explainMigrationFailure, parseDatabaseUrl } from "@/lib/db/migrate-failure";

const command: Command = new Command("db:migrate")
  .description("Brings the dashboard's tables in the database of DATABASE_URL up to date.")
  .option("--engine", "install or upgrade the engine's schema too, in a database without Absurd")
  .addHelpText(
    "after",
    `
Each part is one transaction: it takes effect as a whole or not at all. Running it again changes nothing.
With --engine, functions that absurdctl has replaced are restored.

Exit codes: 0 done, 1 the database could not be used, 2 DATABASE_URL is missing or wrong,
3 refused: the database has a schema "absurd" that is not, or no longer, the one installed from here.`,
  )
  .parse();

const LABELS: Record<Component, string> = {
  engine: "The engine's schema",
  dashboard: "The dashboard's tables",
};

const url = parseDatabaseUrl(process.env.DATABASE_URL);
if (!(url instanceof URL)) command.error(url.message, { exitCode: url.exitCode });

const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 15_000 });
try {
  await client.connect();
  const components: Component[] = command.opts().engine ? ["engine", "dashboard"] : ["dashboard"];
  for (const component of components) {
    const { files, restored } = await migrate(client, component);
    const done = [
      files > 0 && `${files} ${files === 1 ? "file" : "files"} applied`,
      restored.length > 0 && `restored ${restored.join(", ")}`,
    ].filter(Boolean);
    console.log(`${LABELS[component]}: ${done.join(", ") || "up to date, nothing to do"}.`);
  }
} catch (error) {
  const failure = explainMigrationFailure(error, url);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
} finally {
  await client.end().catch(() => undefined);
}
