import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Client } from "pg";
import { checkAuditChain } from "@/lib/audit/chain";
import { hasSeveralDatabases, listDatabases } from "@/lib/db/databases";
import {
  EnvironmentError,
  getEnvironment,
  listDefaults,
  parseAddress,
  SETTINGS,
} from "@/lib/db/env";
import { checkInstalled, ForeignSchemaError, parseRelease } from "@/lib/db/installed-engine";
import { MIGRATIONS_FOLDER } from "@/lib/db/migrate";
import { examine } from "@/lib/doctor/examine";
import type { Check, Report, Verdict } from "@/lib/doctor/report";
import { explainUnknownDatabase, redactSetting, type Settings } from "./settings";

/** A health check of a running dashboard, named like its route. */
export type Probe = "live" | "ready" | "startup";

/**
 * `absurd-dashboard doctor`: checks the databases, and prints the findings with their remedies.
 *
 * @param flags `probe` checks a running dashboard instead, `printConfig` prints and checks the settings instead; `database` limits
 * the check to one of several databases.
 * @returns the exit code: 0 without errors, otherwise 1.
 * @throws EnvironmentError
 */
export async function runDoctor(
  settings: Settings,
  flags: { json: boolean; probe?: Probe | true; printConfig: boolean; database?: string },
): Promise<number> {
  if (flags.probe) return probe(flags.probe === true ? "live" : flags.probe);
  if (flags.printConfig) {
    printConfig(settings, flags.json);
    // Throws if they can't be used.
    getEnvironment();
    return 0;
  }
  const reports = await Promise.all(
    listChosen(flags.database).map(async ({ name, label, url, readUrl }) => ({
      ...{ name, label },
      ...nameSetting(await examine(url, readUrl, checkFiles), name),
    })),
  );
  console.log(flags.json ? formatJson(reports) : reports.map(formatReport).join("\n\n"));
  return reports.some(({ verdict }) => verdict === "error") ? 1 : 0;
}

/** @throws EnvironmentError for a name that no database has. */
function listChosen(name: string | undefined) {
  const all = listDatabases();
  const chosen = all.filter((database) => name === undefined || database.name === name);
  if (chosen.length > 0) return chosen;
  throw new EnvironmentError(explainUnknownDatabase(name, all));
}

/** The report, with references to the setting that holds the connection strings of several databases. */
function nameSetting(report: Report, database: string): Report {
  if (!hasSeveralDatabases()) return report;
  const name = (text: string) => text.replaceAll("DATABASE_URL", `DATABASES ("${database}")`);
  const checks = report.checks.map(({ message, hint, ...check }) => ({
    ...check,
    message: name(message),
    ...(hint !== undefined && { hint: name(hint) }),
  }));
  return { ...report, checks };
}

type DatabaseReport = Report & { name: string; label: string };

/** The report of the only database, or a list of the reports of several. */
function formatJson(reports: DatabaseReport[]): string {
  const [{ verdict, checks } = { verdict: "ok", checks: [] }] = reports;
  const value = hasSeveralDatabases() ? { databases: reports } : { verdict, checks };
  return JSON.stringify(value, null, 2);
}

const SIGNS: Record<Verdict, string> = {
  ok: "ok       ",
  warning: "WARNING  ",
  error: "ERROR    ",
  skipped: "skipped  ",
};

const ENDINGS: Record<Report["verdict"], string> = {
  ok: "Everything is in order.",
  warning: "It works; see the warnings.",
  error: "It does not work yet; see the errors.",
};

function formatReport({ name, label, verdict, checks }: DatabaseReport): string {
  const heading = label === name ? name : `${name} (${label})`;
  const lines = checks.flatMap(({ verdict, id, message, hint }) => [
    `${SIGNS[verdict]}${id}: ${message}`,
    ...(hint ? [`         ${hint}`] : []),
  ]);
  return [...(hasSeveralDatabases() ? [heading] : []), ...lines, "", ENDINGS[verdict]].join("\n");
}

/** Prints every setting in the configuration file's format. Secrets are only marked as set. */
function printConfig(settings: Settings, json: boolean): void {
  const defaults = listDefaults();
  const rows = SETTINGS.map((name) => {
    const given = settings[name];
    return {
      name,
      value: given ? redactSetting(name, given.value) : (defaults[name] ?? null),
      from: given?.from ?? "default",
    };
  });
  const lines = rows.map(
    ({ name, value, from }) =>
      `${name.toLowerCase()}:${value ? ` ${JSON.stringify(value)}` : ""} # ${from}`,
  );
  console.log(json ? JSON.stringify(rows, null, 2) : lines.join("\n"));
}

/** Queries a dashboard on this machine at the address in these settings. */
async function probe(which: Probe): Promise<number> {
  const { HOST, PORT, BASE_PATH } = parseAddress(process.env);
  const host = HOST === "0.0.0.0" ? "127.0.0.1" : HOST === "::" ? "[::1]" : HOST;
  const url = `http://${host}:${PORT}${BASE_PATH}/api/health/${which}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    if (response.ok) return 0;
    console.error(`${url} responded with HTTP status ${response.status}.`);
  } catch {
    console.error(`No dashboard responds at ${url}.`);
  }
  return 1;
}

/** Checks based on the command's own files: integrity of the engine's functions, and pending migrations. */
async function checkFiles(client: Client): Promise<Check[]> {
  if (!(await mayReadOwnTables(client)))
    return ["integrity", "record", "migrations"].map((id) => ({
      ...{ id, verdict: "skipped" },
      message: "This role may not read the dashboard's own tables.",
    }));
  const own = readMigrationFiles({ migrationsFolder: path.join(MIGRATIONS_FOLDER, "dashboard") });
  const last = await findLast(client, "dashboard");
  const pending = last === null ? 0 : own.filter((file) => file.folderMillis > last).length;
  return [
    await checkIntegrity(client),
    await checkRecord(client),
    ...(pending > 0
      ? [
          {
            id: "migrations",
            verdict: "warning" as const,
            message: `${pending} ${pending === 1 ? "migration" : "migrations"} of the dashboard's tables are due.`,
            hint: "Run `absurd-dashboard migrate`; it can run while dashboards serve.",
          },
        ]
      : []),
  ];
}

/** Whether the dashboard's own tables can be read, or don't exist. Another check reports the missing right. */
async function mayReadOwnTables(client: Client): Promise<boolean> {
  const { rows } = await client.query(`
    select coalesce(bool_and(has_schema_privilege(relnamespace, 'usage')
      and has_table_privilege(oid, 'select')), true) as allowed
    from pg_class where relnamespace = to_regnamespace('absurd_dashboard') and relkind in ('r', 'p')`);
  return rows[0].allowed;
}

/** Checks that the engine's functions are those that `migrate --engine` installed. */
async function checkIntegrity(client: Client): Promise<Check> {
  const id = "integrity";
  const engine = readMigrationFiles({ migrationsFolder: path.join(MIGRATIONS_FOLDER, "engine") });
  const installed = await findLast(client, "engine");
  if (installed === null)
    return { id, verdict: "skipped", message: "The engine's schema was not installed from here." };
  const recorded = engine.filter((file) => file.folderMillis <= installed);
  try {
    await checkInstalled(client, recorded, parseRelease(engine));
  } catch (error) {
    if (!(error instanceof ForeignSchemaError)) throw error;
    return {
      id,
      verdict: "warning",
      message: `${error.found}.`,
      hint: "The dashboard works on it; `migrate --engine` will refuse it.",
    };
  }
  const due = engine.length - recorded.length;
  if (due === 0) return { id, verdict: "ok", message: "The engine's functions are as installed." };
  return {
    id,
    verdict: "warning",
    message: `${due} ${due === 1 ? "file" : "files"} of the engine's schema are not applied yet.`,
    hint: "Run `absurd-dashboard migrate --engine`.",
  };
}

/** Checks that no entry of the audit log was changed or removed. Its duration is proportional to the log. */
async function checkRecord(client: Client): Promise<Check> {
  const id = "record";
  const { installed, links, head, ...found } = await checkAuditChain(client);
  const { faults, faultsCount, unlinked, triggersOff } = found;
  if (!installed)
    return {
      id,
      verdict: "skipped",
      message: "There is no audit log whose chain could be checked.",
    };
  if (faultsCount > 0 || unlinked > 0) {
    const [first] = faults;
    const where = first ? ` First: ${first.kind}, link ${first.number}.` : "";
    return {
      id,
      verdict: "error",
      message: `The audit log is not what was written: ${faultsCount} faults in its chain, ${unlinked} entries without a link.${where}`,
      hint: "Find out who can write to the schema absurd_dashboard; compare with a backup.",
    };
  }
  if (triggersOff.length > 0)
    return {
      id,
      verdict: "error",
      message: `Entries of the audit log can be changed without a trace: ${triggersOff.join(", ")} off or missing.`,
      hint: "Find out who can alter tables of the schema absurd_dashboard; enable the triggers with `enable always`.",
    };
  const note = head ? ` Note the newest link elsewhere: ${head.number} ${head.hash}.` : "";
  return { id, verdict: "ok", message: `The audit log is intact (${links} entries).${note}` };
}

async function findLast(client: Client, component: string): Promise<number | null> {
  const table = `absurd_dashboard.${component}_migrations`;
  const { rows } = await client.query("select to_regclass($1) is not null as exists", [table]);
  if (!rows[0].exists) return null;
  const last = await client.query(`select max(created_at)::text as at from ${table}`);
  return last.rows[0].at === null ? null : Number(last.rows[0].at);
}
