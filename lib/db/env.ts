import { userInfo } from "node:os";
import * as z from "zod";
import { PERMISSIONS, type Permission } from "@/lib/model/access";
import { parseRules } from "@/lib/redaction/rules";
import { DOOR_SETTINGS, findDoorProblems, hasOidc, hasProxyDoor } from "./door-settings";
import { connectionString, type DatabaseSettings, databases } from "./fleet-settings";

/** Whether this name or address never leaves the machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host);
}

/**
 * Permissions as settings write them, such as `drop-queue`. `view` is not among them, because settings cannot
 * switch off viewing.
 */
const PERMISSION_NAMES = new Map<string, Permission>(
  PERMISSIONS.filter((permission) => permission !== "view").map((permission) => [
    permission.replaceAll(" ", "-"),
    permission,
  ]),
);

const connections = (standard: number) => {
  const message = "is not a number of connections; give a whole number from 1 to 100";
  return z.coerce.number(message).int(message).min(1, message).max(100, message).default(standard);
};

/** Where the server listens. */
const ADDRESS_SETTINGS = {
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce
    .number({ error: "is not a number; give a TCP port such as 3000" })
    .int("is not a whole number; give a TCP port such as 3000")
    .min(0, "is negative; give a TCP port such as 3000")
    .max(65_535, "is above 65535; give a TCP port such as 3000")
    .default(3000),
  BASE_PATH: z
    .string()
    .default("")
    .transform((value) => value.replace(/\/$/, ""))
    .pipe(
      z
        .string()
        .regex(
          /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)*$/,
          "is not a path; write it as /ops/absurd, of letters, digits, dots, hyphens, underscores and tildes",
        ),
    ),
};

const schema = z
  .object({
    DATABASE_URL: connectionString.optional(),
    DATABASES: databases.optional(),
    DATABASE_READ_URL: connectionString.optional(),
    DATABASE_READ_CONNECTIONS: connections(10),
    DATABASE_WRITE_CONNECTIONS: connections(4),
    ...ADDRESS_SETTINGS,
    DASHBOARD_OPERATOR: z
      .string()
      .max(100, "is longer than 100 characters; give a short name")
      .default(systemUser),
    DASHBOARD_TOKEN: z
      .string()
      .min(
        24,
        "is too short; use at least 24 characters, for example from `openssl rand -base64 24`",
      )
      .refine(
        (token) => new Set(token).size >= 8,
        "is easy to guess; use a random one, for example from `openssl rand -base64 24`",
      )
      .optional(),
    DASHBOARD_TENANTS: z
      .string()
      .transform((value) => value.split(",").map((tenant) => tenant.trim()))
      .refine((tenants) => tenants.every(Boolean), {
        message:
          "names no tenant, or one that is empty; write a,b, or remove it to show all of them",
      })
      .optional(),
    DASHBOARD_READ_ONLY: z
      .enum(["0", "1", "false", "true"], "is not a switch; write 1 or 0")
      .default("0")
      .transform((value) => value === "1" || value === "true"),
    DASHBOARD_DISABLE: z
      .string()
      .default("")
      .transform((value, context) => {
        const names = value.split(",").flatMap((name) => name.trim() || []);
        const known = names.flatMap((name) => PERMISSION_NAMES.get(name.toLowerCase()) ?? []);
        if (known.length === names.length) return known;
        context.addIssue(
          `names an action that does not exist; write some of ${[...PERMISSION_NAMES.keys()].join(",")}`,
        );
        return z.NEVER;
      }),
    DASHBOARD_ALLOWED_HOSTS: z
      .string()
      .default("")
      .transform((value) => value.split(",").map((host) => host.trim().toLowerCase()))
      .pipe(
        z.array(
          z
            .string()
            .regex(
              /^[^\s/]*$/,
              "holds more than host names; write them as a.example,b.example:8080",
            ),
        ),
      )
      .transform((hosts) => hosts.filter(Boolean)),
    DASHBOARD_REDACT: z
      .string()
      .default("")
      .transform((value, context) => {
        const rules = parseRules(value);
        if (rules) return rules;
        context.addIssue(
          "holds more than paths of keys; write them as password,*.token,headers.authorization",
        );
        return z.NEVER;
      }),
    ...DOOR_SETTINGS,
  })
  .superRefine((settings, context) => {
    for (const { name, message } of findDatabaseProblems(settings))
      context.addIssue({ code: "custom", path: [name], message });
    for (const { name, message } of findDoorProblems(settings))
      context.addIssue({ code: "custom", path: [name], message });
    if (!isLoopback(settings.HOST) && !hasDoor(settings))
      context.addIssue({
        code: "custom",
        path: ["DASHBOARD_TOKEN"],
        message:
          "is not set, but HOST opens the dashboard to other machines; set a token of at least 24 characters, configure DASHBOARD_OIDC_ISSUER or a proxy, or set HOST=127.0.0.1",
      });
  });

/** The names of all settings. */
export const SETTINGS = Object.keys(schema.shape) as readonly (keyof Parsed)[];

/** The defaults as text, as a variable would hold them. Settings without a default are absent. */
export function listDefaults(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([name, setting]): [string, string][] => {
      const { data } = setting.safeParse(undefined);
      if (typeof data === "boolean") return [[name, data ? "1" : "0"]];
      return typeof data === "string" || typeof data === "number" ? [[name, String(data)]] : [];
    }),
  );
}

/** Settings whose values are never printed. A connection string is printed without its password. */
export const SECRETS: readonly string[] = [
  "DASHBOARD_TOKEN",
  "DASHBOARD_SECRET",
  "DASHBOARD_OIDC_CLIENT_SECRET",
  "DASHBOARD_PROXY_SECRET",
] satisfies (keyof Parsed)[];

type Parsed = z.output<typeof schema>;

/** The settings of the server process, checked and completed with their defaults. */
export type Environment = Omit<Parsed, "DATABASE_URL" | "DATABASE_READ_URL" | "DATABASES"> & {
  /** The databases of `DATABASES`, or the one of `DATABASE_URL`; at least one. */
  databases: readonly DatabaseSettings[];
};

/** Contradictions and gaps in the settings of databases. */
function findDatabaseProblems(settings: {
  DATABASE_URL?: string | undefined;
  DATABASE_READ_URL?: string | undefined;
  DATABASES?: readonly DatabaseSettings[] | undefined;
  DASHBOARD_TENANTS?: readonly string[] | undefined;
}): { name: string; message: string }[] {
  const { DATABASE_URL, DATABASE_READ_URL, DATABASES, DASHBOARD_TENANTS } = settings;
  const problem = (name: string, message: string) => [{ name, message }];
  if (!DATABASES)
    return DATABASE_URL === undefined
      ? problem(
          "DATABASE_URL",
          "is not set; give the connection string of the database that holds the absurd schema",
        )
      : [];
  if (DATABASE_URL !== undefined)
    return problem("DATABASE_URL", "is set, and so is DATABASES; keep one of them");
  if (DATABASE_READ_URL !== undefined)
    return problem("DATABASE_READ_URL", "is set, and so is DATABASES; write it there as read_url");
  if (DASHBOARD_TENANTS && DATABASES.some(({ tenants }) => tenants !== null))
    return problem(
      "DASHBOARD_TENANTS",
      "is set, and so are tenants in DATABASES; keep one of them",
    );
  return [];
}

/** The databases of checked settings. A single one is called `default`, a name that appears in no address. */
function listSettings(parsed: Parsed): DatabaseSettings[] {
  const { DATABASE_URL, DATABASE_READ_URL, DATABASES, DASHBOARD_TENANTS } = parsed;
  const name = "default";
  const given = DATABASES ?? [
    {
      ...{ name, label: name, colour: "grey" as const, tenants: null },
      ...{ url: DATABASE_URL ?? "", readUrl: DATABASE_READ_URL },
    },
  ];
  return given.map((one) => ({ ...one, tenants: one.tenants ?? DASHBOARD_TENANTS ?? null }));
}

/**
 * Whether people must sign in through a door. Without one, everyone with access to this machine is the operator.
 */
export function hasDoor(
  settings: Parameters<typeof hasOidc>[0] & { DASHBOARD_TOKEN?: string | undefined },
): boolean {
  return settings.DASHBOARD_TOKEN !== undefined || hasOidc(settings) || hasProxyDoor(settings);
}

/**
 * A setting that cannot be used. The message names each variable, what is wrong and how to fix it; never a value.
 */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/**
 * If treated as unset, an empty value would show everything; a restriction that turned out empty must stop the
 * server.
 */
const NEVER_EMPTY = "DASHBOARD_TENANTS";

/**
 * Checks settings such as `process.env`. An empty variable counts as unset, except `DASHBOARD_TENANTS`, which may
 * not be empty.
 *
 * @throws EnvironmentError
 */
export function parseEnvironment(source: Record<string, string | undefined>): Environment {
  const settings = check(schema, source);
  return { ...settings, databases: listSettings(settings) };
}

/**
 * The address at which a server with these settings listens. The other settings are not checked, so that a running
 * server can be probed without its secrets.
 *
 * @throws EnvironmentError
 */
export function parseAddress(source: Record<string, string | undefined>) {
  return check(z.object(ADDRESS_SETTINGS), source);
}

function check<Schema extends z.ZodType>(
  settings: Schema,
  source: Record<string, string | undefined>,
): z.output<Schema> {
  const set = Object.fromEntries(
    Object.entries(source).filter(([name, value]) => value !== "" || name === NEVER_EMPTY),
  );
  const result = settings.safeParse(set);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${String(issue.path[0])} ${issue.message}.`);
  throw new EnvironmentError(`The settings cannot be used:\n${[...new Set(lines)].join("\n")}`);
}

let parsed: Environment | undefined;

/**
 * The settings of this process, parsed once.
 *
 * @throws EnvironmentError
 */
export function getEnvironment(): Environment {
  parsed ??= parseEnvironment(process.env);
  return parsed;
}

/** Parses the settings again on their next use, for tests that change them. */
export function forgetEnvironment(): void {
  parsed = undefined;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "operator";
  }
}
