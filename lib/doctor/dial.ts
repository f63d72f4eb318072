import type { Client } from "pg";
import type { Endpoint } from "@/lib/db/connection/client";
import {
  ConnectionStringError,
  parseConnectionString,
} from "@/lib/db/connection/connection-string";
import { openClient } from "@/lib/db/connection/open-client";
import { findErrorCode } from "@/lib/model/sqlstate";

/** The destination of a connection string, without its password. */
export type Target = { host: string; port: number; database: string; user: string };

/** Why a connection failed, for people: what happened, and possible causes, the likeliest first. */
export type Failure = { target: Target; code: string | null; message: string; causes: string[] };

export type Dialled = { client: Client; target: Target } | { failure: Failure };

/** How long a statement may take, in milliseconds. */
const PATIENCE_MS = 5_000;

const LIMITS = {
  applicationName: "absurd-dashboard doctor",
  statementTimeout: PATIENCE_MS,
  lockTimeout: 1_000,
  readOnly: true,
};

const UNKNOWN: Target = { host: "unknown", port: 0, database: "unknown", user: "unknown" };

/**
 * Opens one connection as the dashboard would, to the first server of the connection string that accepts it. The caller
 * ends the client.
 *
 * @returns the failure if there is no connection; it never throws for that.
 */
export async function dial(connectionString: string): Promise<Dialled> {
  try {
    const opened = await openClient(parseConnectionString(connectionString), LIMITS, PATIENCE_MS);
    const target = toTarget(opened.endpoint);
    if (opened.client) return { client: opened.client, target };
    return { failure: explainFailure(opened.error, target) };
  } catch (error) {
    if (!(error instanceof ConnectionStringError)) throw error;
    const message = `The connection string ${error.message}.`;
    return { failure: { target: UNKNOWN, code: null, message, causes: ["It is misspelt."] } };
  }
}

function toTarget({ target: { database, user }, host: { host, port } }: Endpoint): Target {
  return { host, port, database, user };
}

/** Formats a target: `app@db.example:5432/orders`. */
export function formatTarget({ host, port, database, user }: Target): string {
  const place = host.startsWith("/") ? `[${host}]` : host;
  return `${user}@${place}:${port}/${database}`;
}

const FIREWALL = "A firewall, security group or network policy drops the packets.";
const NAME = "The host name in DATABASE_URL is misspelt.";

/** Errors of the driver by code: what happened, and the likely causes. */
const FAILURES: Record<string, [message: string, causes: string[]]> = {
  ECONNREFUSED: [
    "Nothing listens on this host and port.",
    [
      "PostgreSQL is not running, or is restarting.",
      "The port is wrong; PostgreSQL's own is 5432, PgBouncer's is 6432.",
      "PostgreSQL listens on localhost only: check listen_addresses.",
      "In a container, localhost is the container itself: use the service's name.",
    ],
  ],
  ENOTFOUND: [
    "There is no host of this name.",
    [NAME, "The name exists only in another network, such as that of a cluster."],
  ],
  EAI_AGAIN: [
    "The host's name could not be resolved.",
    ["The DNS server is not reachable from here.", NAME],
  ],
  ETIMEDOUT: ["The host did not respond in time.", [FIREWALL, "The host is down.", NAME]],
  EHOSTUNREACH: ["There is no route to the host.", ["The network is down.", FIREWALL]],
  ENETUNREACH: ["There is no route to the host's network.", ["The network is down.", FIREWALL]],
  ECONNRESET: [
    "The server closed the connection.",
    [
      "The port belongs to another program.",
      "A proxy in between closes connections that it does not recognise.",
      "The server is shutting down.",
    ],
  ],
  ENOENT: [
    "There is no socket at this path.",
    ["PostgreSQL is not running.", "It keeps its socket elsewhere: check unix_socket_directories."],
  ],
  "28P01": [
    "The server refused the password.",
    [
      "The password in DATABASE_URL is wrong.",
      "It contains a character such as @ / # % that must be percent-encoded.",
      "The password of the role has expired.",
    ],
  ],
  "28000": [
    "The server refused this role.",
    [
      "The role does not exist or may not log in.",
      "pg_hba.conf has no entry for this role, database and address.",
      "The server requires TLS: add sslmode=require.",
    ],
  ],
  "3D000": [
    "There is no database of this name.",
    ["The database in DATABASE_URL is misspelt.", "It has not been created yet."],
  ],
  "53300": [
    "The server has no free connection.",
    [
      "max_connections, or the connection limit of the role or database, is reached.",
      "Other programs keep too many connections open; a pooler such as PgBouncer helps.",
    ],
  ],
  "57P03": ["The server is starting up, shutting down or recovering.", ["Wait; it was restarted."]],
  "42501": [
    "The role may not connect to this database.",
    ["The right is missing: `grant connect on database … to …`."],
  ],
};

const TLS_CAUSES = [
  "The server's certificate is signed by an authority that this machine does not know: name it with sslrootcert.",
  "The certificate is for another name than the one in DATABASE_URL.",
  "The certificate has expired.",
];

/** Explains an error of the driver. The driver's message is not repeated: it may quote what was sent. */
export function explainFailure(error: unknown, target: Target): Failure {
  const code = findErrorCode(error) ?? null;
  const text = error instanceof Error ? error.message : "";
  const [message, causes] = (code !== null && FAILURES[code]) || describe(code, text);
  return { target, code, message, causes };
}

function describe(code: string | null, text: string): [string, string[]] {
  if (/timeout|timed out/i.test(text)) return FAILURES.ETIMEDOUT as [string, string[]];
  if (/does not support SSL/i.test(text))
    return [
      "The server does not accept TLS connections.",
      [
        "Turn TLS on in PostgreSQL, or remove sslmode from DATABASE_URL where the network is trusted.",
      ],
    ];
  if (/certificate|self.signed|altname|CERT|DEPTH_ZERO|UNABLE_TO/i.test(`${text} ${code}`))
    return ["The TLS connection was refused: the server's certificate is not trusted.", TLS_CAUSES];
  if (/terminated unexpectedly/i.test(text)) return FAILURES.ECONNRESET as [string, string[]];
  return [
    `The connection failed${code ? ` with code ${code}` : ""}.`,
    ["The log of PostgreSQL, or of the pooler, has the reason."],
  ];
}
