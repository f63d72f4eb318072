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

Exit codes: 0 done, 1 the database could not be used, 2 DATABASE_URL is missing or wrong,
3 refused: the database has a schema "absurd" from elsewhere.`,
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
    const applied = await migrate(client, component);
    console.log(
      applied === 0
        ? `${LABELS[component]}: up to date, nothing to do.`
        : `${LABELS[component]}: ${applied} ${applied === 1 ? "file" : "files"} applied.`,
    );
  }
} catch (error) {
  const failure = explainMigrationFailure(error, url);
  console.error(failure.message);
  process.exitCode = failure.exitCode;
} finally {
  await client.end().catch(() => undefined);
}
