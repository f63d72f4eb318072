/** Sources of the settings, by precedence: flags, environment variables, a file, defaults. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument } from "yaml";
import { EnvironmentError, SECRETS, SETTINGS } from "@/lib/db/env";

/** The default configuration file, in the current folder. */
export const CONFIG_FILE = "absurd-dashboard.yaml";

/** A setting as text, and its source. */
export type Setting = { value: string; from: "flag" | "environment" | "secret file" | "file" };

/** Settings by the names of their environment variables; unset ones are absent. */
export type Settings = Record<string, Setting>;

/** Settings whose value may be in a file: `DASHBOARD_TOKEN_FILE=/run/secrets/token`. */
const IN_FILES = [...SECRETS, "DATABASE_URL", "DATABASE_READ_URL", "DATABASES"];

/**
 * Collects the settings. An empty variable counts as absent, except `DASHBOARD_TENANTS`, which must not be empty.
 *
 * @param flags values of flags by the names of their variables.
 * @param file the configuration file given by name; without one, `absurd-dashboard.yaml` is used if it exists.
 * @throws EnvironmentError that names the file or variable and never contains a value.
 */
export async function collectSettings(
  flags: Record<string, string | undefined>,
  env: Record<string, string | undefined>,
  file?: string,
): Promise<Settings> {
  const settings: Settings = {};
  const given = await readConfigFile(file ?? env.ABSURD_DASHBOARD_CONFIG);
  for (const name of SETTINGS) {
    const fromEnvironment = env[name] || (name === "DASHBOARD_TENANTS" ? env[name] : undefined);
    const secretFile = IN_FILES.includes(name) ? env[`${name}_FILE`] : undefined;
    if (fromEnvironment && secretFile)
      throw new EnvironmentError(`${name} and ${name}_FILE are both set. Keep one of them.`);
    if (flags[name] !== undefined) settings[name] = { value: flags[name], from: "flag" };
    else if (fromEnvironment !== undefined)
      settings[name] = { value: fromEnvironment, from: "environment" };
    else if (secretFile)
      settings[name] = { value: await readSecret(name, secretFile), from: "secret file" };
    else if (given[name] !== undefined) settings[name] = { value: given[name], from: "file" };
  }
  return applyPrecedence(settings);
}

/** Precedence of a source, lowest number first. A variable and a file that it names are equal. */
const RANK: Record<Setting["from"], number> = {
  flag: 0,
  environment: 1,
  "secret file": 1,
  file: 2,
};

/**
 * A single database replaces a list of lower precedence, and vice versa. With equal precedence they are refused later.
 */
function applyPrecedence(settings: Settings): Settings {
  const { DATABASE_URL: one, DATABASES: several, ...rest } = settings;
  if (!one || !several) return settings;
  const difference = RANK[one.from] - RANK[several.from];
  if (difference < 0) return { ...rest, DATABASE_URL: one };
  if (difference === 0) return settings;
  const { DATABASE_READ_URL: _, ...others } = rest;
  return { ...others, DATABASES: several };
}

/** Writes the settings to this process's environment, from which the server reads them. */
export function applySettings(settings: Settings): void {
  for (const name of SETTINGS) {
    const setting = settings[name];
    // Empty rather than absent, so that the framework doesn't set it from a .env file in the current folder.
    if (setting || name !== "DASHBOARD_TENANTS") process.env[name] = setting?.value ?? "";
  }
}

/** A message about a name given with `--database` that none of these databases has. */
export function explainUnknownDatabase(
  name: string | undefined,
  all: readonly { name: string }[],
): string {
  if (!process.env.DATABASES)
    return `There is no database "${name}": --database chooses one of DATABASES, which is not set.`;
  return `There is no database "${name}". DATABASES has ${all.map((one) => one.name).join(", ")}.`;
}

/** A setting's value for display, without tokens and passwords. */
export function redactSetting(name: string, value: string): string {
  if (SECRETS.includes(name)) return "(set)";
  if (name === "DATABASES") return redactDatabases(value);
  return /_URL$/.test(name) ? redactUrl(value) : value;
}

function redactDatabases(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), (key, member) =>
      typeof member === "string" && key.endsWith("url") ? redactUrl(member) : member,
    );
  } catch {
    return "(set)";
  }
}

/** A connection string with its passwords replaced by `***`, even if it can't be parsed. */
export function redactUrl(value: string): string {
  return value
    .replace(/^(\w+:\/\/[^:/@?#]*):.*@/s, "$1:***@")
    .replace(/([?&\s]|^)((?:ssl)?password|passfile|sslkey)\s*=\s*('[^']*'|[^&\s]*)/gi, "$1$2=***");
}

async function readSecret(name: string, file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new EnvironmentError(
      `${name}_FILE names a file that cannot be read (${error.code}): ${file}.`,
    );
  });
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new EnvironmentError(`${name}_FILE names an empty file: ${file}.`);
  return value;
}

async function readConfigFile(named: string | undefined): Promise<Record<string, string>> {
  const file = named || CONFIG_FILE;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (!named && error.code === "ENOENT") return "";
    throw new EnvironmentError(`The configuration file cannot be read (${error.code}): ${file}.`);
  });
  return parseConfig(text, path.basename(file));
}

/**
 * Parses a configuration file: YAML whose keys are lower-case names of variables. A list is joined with commas;
 * `databases` is a list of maps.
 *
 * @throws EnvironmentError that names the file and the line.
 */
export function parseConfig(text: string, file: string): Record<string, string> {
  const document = parseDocument(text);
  const [problem] = document.errors;
  // The rest of the message quotes the file, which may contain a password.
  if (problem)
    throw new EnvironmentError(
      `${file} is not YAML: ${problem.message.split(/ at line|\n/)[0]} (line ${problem.linePos?.[0].line ?? "unknown"}).`,
    );
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw new EnvironmentError(`${file} holds no settings; write them as port: 3000.`);
  const settings: Record<string, string> = {};
  for (const [key, value] of Object.entries(content)) {
    const name = key.toUpperCase();
    if (key !== key.toLowerCase() || !SETTINGS.includes(name as (typeof SETTINGS)[number]))
      throw new EnvironmentError(
        `${file}: "${key}" is no setting. The settings are ${SETTINGS.map((one) => one.toLowerCase()).join(", ")}.`,
      );
    const isScalar = (one: unknown) => ["string", "number", "boolean"].includes(typeof one);
    if (value === null) continue;
    if (name === "DATABASES") {
      settings[name] = typeof value === "string" ? value : JSON.stringify(value);
      continue;
    }
    if (Array.isArray(value) ? !value.every(isScalar) : !isScalar(value))
      throw new EnvironmentError(`${file}: "${key}" must be a text, a number, or a list of them.`);
    settings[name] = Array.isArray(value) ? value.join(",") : String(value);
  }
  return settings;
}
