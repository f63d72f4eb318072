import type { MigrationMeta } from "drizzle-orm/migrator";
import type { Client } from "pg";

/**
 * An `absurd` schema that `migrate` must not touch, because it is not (or no longer) the one installed from here.
 */
export class ForeignSchemaError extends Error {
  override readonly name = "ForeignSchemaError";
  /** @param found What the schema turned out to be, as a sentence without its full stop. */
  constructor(readonly found: string) {
    super(`${found}. Nothing was changed.`);
  }
}

/** A function as a migration file defines it. `body` is what PostgreSQL keeps in `pg_proc.prosrc`. */
type Definition = { body: string; statement: string };

/** Name and number of arguments identify a function of the engine: `create_queue/2`. */
type FunctionKey = string;

/** The functions that the original's migration from 0.5.0 to 0.5.1 replaces in any schema that reports 0.5.0. */
const REPLACED_BY_ORIGINAL = new Set<FunctionKey>([
  "claim_task/4",
  "ensure_queue_tables/1",
  "get_schema_version/0",
]);

/** Parses the functions of these files; the last definition of each wins. */
export function parseFunctions(files: MigrationMeta[]): Map<FunctionKey, Definition> {
  const functions = new Map<FunctionKey, Definition>();
  const pattern =
    /^create (?:or replace )?function absurd\.(\w+)\(([\s\S]*?)\)\n?\s*returns [\s\S]*?\nas \$\$([\s\S]*?)\$\$;/gm;
  for (const file of files)
    for (const [statement, name, parameters = "", body = ""] of file.sql.join("").matchAll(pattern))
      functions.set(`${name}/${parameters.split(",").filter((part) => part.trim()).length}`, {
        body: unixLines(body),
        statement: statement.replace(/^create function/, "create or replace function"),
      });
  return functions;
}

/**
 * Checks that these files, all of them on record, installed the `absurd` schema. `claim_task`,
 * `ensure_queue_tables` and `get_schema_version` may differ, because `absurdctl migrate` replaces them;
 * `restoreFunctions` puts them back.
 *
 * @param newest The newest release that the caller's files implement.
 * @throws ForeignSchemaError for a version newer than that, an unreleased one, or functions from elsewhere.
 */
export async function checkInstalled(
  client: Client,
  recorded: MigrationMeta[],
  newest: string,
): Promise<void> {
  const version = await findVersion(client);
  if (version !== null && !/^\d+\.\d+\.\d+$/.test(version))
    throw new ForeignSchemaError(
      `The schema "absurd" reports version "${version}", which is no release`,
    );
  if (version !== null && compareVersions(version, newest) > 0)
    throw new ForeignSchemaError(
      `The schema "absurd" reports version ${version}, and the newest that this command knows is ${newest}`,
    );

  const changed = (await listChanged(client, recorded)).filter(
    (key) => !REPLACED_BY_ORIGINAL.has(key),
  );
  if (changed.length === 0) return;
  const names = [...new Set(changed.map(parseName))];
  const list = names.length > 5 ? `${names.slice(0, 5).join(", ")} and others` : names.join(", ");
  throw new ForeignSchemaError(
    `The schema "absurd" was installed from here by a version that was not released, or it has been replaced or edited since (${list})`,
  );
}

/** Replaces every function that differs from its definition in these files, and returns their names. */
export async function restoreFunctions(client: Client, files: MigrationMeta[]): Promise<string[]> {
  const definitions = parseFunctions(files);
  const changed = await listChanged(client, files);
  for (const key of changed) await client.query(definitions.get(key)?.statement ?? "");
  return changed.map(parseName);
}

/** Parses the release that these files implement. */
export function parseRelease(files: MigrationMeta[]): string {
  const body = parseFunctions(files).get("get_schema_version/0")?.body;
  const version = body?.match(/'([\d.]+)'/)?.[1];
  if (!version) throw new Error("the migration files define no version");
  return version;
}

/** The version that the schema reports; `null` without `get_schema_version`, which exists since 0.2.0. */
export async function findVersion(client: Client): Promise<string | null> {
  const { rows } = await client.query(
    "select to_regprocedure('absurd.get_schema_version()') is not null as known",
  );
  if (!rows[0].known) return null;
  return (await client.query("select absurd.get_schema_version() as version")).rows[0].version;
}

/** Lists functions that are missing or differ from their definition in these files, in the files' order. */
async function listChanged(client: Client, files: MigrationMeta[]): Promise<FunctionKey[]> {
  const { rows } = await client.query<{ key: FunctionKey; body: string }>(
    `select p.proname || '/' || p.pronargs as key, p.prosrc as body
     from pg_proc p where p.pronamespace = to_regnamespace('absurd')`,
  );
  const installed = new Map(rows.map(({ key, body }) => [key, unixLines(body)]));
  return [...parseFunctions(files)]
    .filter(([key, { body }]) => installed.get(key) !== body)
    .map(([key]) => key);
}

const parseName = (key: FunctionKey) => key.replace(/\/\d+$/, "");

/** A checkout may have converted the files to CRLF; the functions are the same. */
const unixLines = (text: string) => text.replaceAll("\r\n", "\n");

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  return left.map((part, index) => part - (right[index] ?? 0)).find((sign) => sign !== 0) ?? 0;
}
