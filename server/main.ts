#!/usr/bin/env node
/** `absurd-dashboard`: the command. Each subcommand loads only what it needs, so that serving stays small. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EnvironmentError } from "@/lib/db/env";
import { ROLES } from "@/lib/model/access";
import manifest from "@/package.json" with { type: "json" };
import type { Probe } from "./doctor";
import { applySettings, CONFIG_FILE, collectSettings, type Settings } from "./settings";
import type { NewToken } from "./token";

/** Flags of every command that opens the database. */
type DatabaseFlags = { config?: string; readUrl?: string };
type ServeFlags = DatabaseFlags & { host?: string; port?: string; basePath?: string };
type MigrateFlags = DatabaseFlags & { database?: string; engine?: boolean };
type TokenFlags = DatabaseFlags & { databaseUrl?: string };
type DoctorFlags = DatabaseFlags & {
  database?: string;
  json: boolean;
  probe?: Probe | true;
  printConfig: boolean;
};

const program = new Command("absurd-dashboard")
  .description("The operator's dashboard for Absurd, the Postgres-native durable-execution engine.")
  .version(manifest.version, "-v, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .addHelpText(
    "after",
    `
Settings come from flags, then environment variables, then ${CONFIG_FILE}, then defaults.

  absurd-dashboard postgresql://user:password@host:5432/database
  absurd-dashboard doctor postgresql://user:password@host:5432/database
  absurd-dashboard demo`,
  )
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .exitOverride();

const withDatabase = (command: Command) =>
  command
    .argument("[database-url]", "connection string; default: DATABASE_URL", toUrl)
    .option(
      "-c, --config <file>",
      `configuration file; ABSURD_DASHBOARD_CONFIG; default: ${CONFIG_FILE} if it exists`,
    )
    .option("--read-url <url>", "separate connection for queries; DATABASE_READ_URL");

const withChoice = (command: Command) =>
  command.option("--database <name>", "only this one of several databases; default: all of them");

const withDatabaseOption = (command: Command) =>
  command
    .option("-d, --database-url <url>", "connection string; default: DATABASE_URL")
    .option(
      "-c, --config <file>",
      `configuration file; ABSURD_DASHBOARD_CONFIG; default: ${CONFIG_FILE} if it exists`,
    );

withDatabase(program.command("serve", { isDefault: true }))
  .description("serve the dashboard (the default command)")
  .option("-H, --host <address>", "address to listen on; HOST; default: 127.0.0.1")
  .option("-p, --port <number>", "port to listen on; PORT; default: 3000")
  .option("-b, --base-path <path>", "path to answer at, such as /ops/absurd; BASE_PATH")
  .action(async (url: string | undefined, flags: ServeFlags) => {
    applySettings(
      await settingsOf(url, flags, {
        HOST: flags.host,
        PORT: flags.port,
        BASE_PATH: flags.basePath,
      }),
    );
    const { start } = await import("./start");
    // Its leftovers, such as idle connections, must not keep the process alive.
    process.exit(await start());
  });

program
  .command("demo")
  .description(
    "show the dashboard on an embedded PostgreSQL with real workers; downloads PostgreSQL at first use",
  )
  .option("--fresh", "delete the data of earlier runs and start over", false)
  .option("-p, --port <number>", "port; a port in use moves to the next", toPort, 3000)
  .option("--data-dir <folder>", "where the data is kept")
  .action(async (flags: { fresh: boolean; port: number; dataDir?: string }) => {
    const { runDemo } = await import("@/demo/run");
    process.exit(await runDemo(flags));
  });

withChoice(withDatabase(program.command("migrate")))
  .description("create or update the dashboard's own tables")
  .option("--engine", "install or upgrade the engine's schema too, in a database without Absurd")
  .addHelpText(
    "after",
    `
Each part is one transaction: it takes effect as a whole or not at all. Running it again changes nothing.
With --engine, functions that absurdctl has replaced are restored.

Exit codes: 0 done, 1 a database could not be used, 2 DATABASE_URL or DATABASES is missing or wrong,
3 refused: the database has a schema "absurd" that is not, or no longer, the one installed from here.`,
  )
  .action(async (url: string | undefined, flags: MigrateFlags) => {
    applySettings(await settingsOf(url, flags));
    const { runMigrate } = await import("./migrate");
    process.exitCode = await runMigrate({
      engine: flags.engine === true,
      database: flags.database,
    });
  });

withChoice(withDatabase(program.command("doctor")))
  .description("check connection, schema, rights, settings and clean-up, and say what to do")
  .option("--json", "print the report as JSON", false)
  .addOption(
    new Option(
      "--probe [probe]",
      "ask a running dashboard instead; exit with 0 if it responds well",
    )
      .choices(["live", "ready", "startup"] satisfies Probe[])
      .preset("live"),
  )
  .option("--print-config", "print every setting and where it comes from, without secrets", false)
  .action(async (url: string | undefined, flags: DoctorFlags) => {
    const settings = await settingsOf(url, flags);
    applySettings(settings);
    const { runDoctor } = await import("./doctor");
    process.exitCode = await runDoctor(settings, flags);
  });

const token = program
  .command("token")
  .description("create, list and revoke tokens with which programs use the HTTP API");
withDatabaseOption(token.command("create"))
  .description("create a token and print it, once")
  .argument("<name>", "what it is for")
  .addOption(new Option("--role <role>", "what it may do").choices(ROLES).default("viewer"))
  .option("--queues <patterns>", "only these queues, separated by commas; * is any text", toList)
  .option("--tenants <tenants>", "only these tenants, separated by commas", toList)
  .option("--databases <patterns>", "only these of several databases; * is any text", toList)
  .option("--no-payloads", "without values of users")
  .option("--days <number>", "days until it expires", toDays, 90)
  .action(async (name: string, flags: TokenFlags & NewToken) => {
    applySettings(await settingsOf(flags.databaseUrl, flags));
    process.exitCode = await (await import("./token")).createToken(name, flags);
  });
withDatabaseOption(token.command("list"))
  .description("list the newest 200 tokens")
  .action(async (flags: TokenFlags) => {
    applySettings(await settingsOf(flags.databaseUrl, flags));
    process.exitCode = await (await import("./token")).listTokens();
  });
withDatabaseOption(token.command("revoke"))
  .description("revoke a token")
  .argument("<token-id>", "as the list shows it")
  .action(async (tokenId: string, flags: TokenFlags) => {
    applySettings(await settingsOf(flags.databaseUrl, flags));
    process.exitCode = await (await import("./token")).revokeToken(tokenId);
  });

program
  .command("highway")
  .description("check, convert, draw, store and start Highway workflows")
  .argument("[arguments...]")
  .allowUnknownOption()
  .passThroughOptions()
  .helpOption(false)
  .action(async (given: string[]) => {
    const { runHighway } = await import("./highway");
    await runHighway(given);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    console.error(error instanceof EnvironmentError ? error.message : describe(error));
    process.exitCode = 1;
  }
}

function settingsOf(
  url: string | undefined,
  flags: DatabaseFlags,
  more: Record<string, string | undefined> = {},
): Promise<Settings> {
  const given = { DATABASE_URL: url, DATABASE_READ_URL: flags.readUrl, ...more };
  return collectSettings(given, process.env, flags.config);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any other word is an unknown command. */
function toUrl(text: string): string {
  if (!/^[a-z-]+$/.test(text)) return text;
  throw new InvalidArgumentError("This is neither a command nor a connection string.");
}

function toList(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

function toDays(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("Days are a whole number above 0.");
}

function toPort(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new InvalidArgumentError("A port is a number from 1 to 65535.");
}
