import { AbsurdDbError, UnsupportedByEngineError } from "../errors.ts";
import type { Queryable } from "./queryable.ts";
import { call } from "./sql.ts";

const hasFunction = (signature: string) => `to_regprocedure('absurd.${signature}') is not null`;

/**
 * The differences between engines: the first release with a feature, and a probe for it. Argument lists never changed,
 * so an existing function can always be called the same way. The reported version is not used, because every
 * development checkout reports `main`. Source: a comparison of the engine's released schemas.
 */
const FEATURES = {
  cancel_task: { since: "0.0.5", probe: hasFunction("cancel_task(text,uuid)") },
  extend_claim: { since: "0.0.5", probe: hasFunction("extend_claim(text,uuid,integer)") },
  /** `spawn_task` takes an idempotency key and returns whether it created the task. */
  "idempotency keys": {
    since: "0.0.6",
    probe: `exists (select from pg_proc
      where oid = to_regprocedure('absurd.spawn_task(text,text,jsonb,jsonb)')
        and 'created' = any(proargnames))`,
  },
  /**
   * Only the first emit of an event has an effect; earlier engines overwrote the payload and woke waiters at every
   * emit.
   */
  "write-once events": { since: "0.1.0", probe: hasFunction("validate_queue_name(text)") },
  /** `extend_claim` refuses a run without a lease; earlier engines returned silently. */
  "lease checks": { since: "0.1.0", probe: hasFunction("validate_queue_name(text)") },
  get_schema_version: { since: "0.2.0", probe: hasFunction("get_schema_version()") },
  retry_task: { since: "0.2.0", probe: hasFunction("retry_task(text,uuid,jsonb)") },
  get_task_result: { since: "0.3.0", probe: hasFunction("get_task_result(text,uuid)") },
  /** Queues have storage modes and maintenance policies. */
  "queue policies": {
    since: "0.4.0",
    probe: `exists (select from pg_attribute
      where attrelid = to_regclass('absurd.queues') and attname = 'storage_mode'
        and not attisdropped)`,
  },
  /** `spawn_task` refuses an invalid retry strategy. */
  "strict retry strategies": {
    since: "0.5.0",
    probe: hasFunction("retry_delay_seconds(jsonb,integer)"),
  },
} as const;

export type Feature = keyof typeof FEATURES;

/** The capabilities of a database's engine. */
export type Capabilities = {
  installed: boolean;
  /** The result of `get_schema_version`: a release, or `main` for a development checkout. Absent before 0.2.0. */
  schemaVersion?: string;
  features: ReadonlySet<Feature>;
  /** Whether pg_cron is installed to run the engine's maintenance. */
  cron: boolean;
};

/** Cached capabilities expire, because the schema can be migrated while this process runs. */
const PROBE_AGAIN_AFTER_MS = 60_000;

type Probe = { at: number; capabilities: Promise<Capabilities> };
const probes = { ofPools: new WeakMap<object, Probe>(), ofDatabases: new Map<string, Probe>() };

/**
 * Returns the capabilities of this database's engine. The result is cached for a minute per database and shared by its
 * connections. A probe is one catalog query and one function call.
 */
export function getCapabilities(db: Queryable): Promise<Capabilities> {
  const known = recall(db);
  if (known && Date.now() - known.at < PROBE_AGAIN_AFTER_MS) return known.capabilities;
  return probeAgain(db);
}

/**
 * Returns the version that the engine reports: a release such as `0.5.1`, or `main` for a development checkout. `null`
 * before schema 0.2.0 and without an engine. Cached for a minute.
 */
export async function getSchemaVersion(db: Queryable): Promise<string | null> {
  const { schemaVersion } = await getCapabilities(db);
  return schemaVersion ?? null;
}

/**
 * Checks that the engine has a feature, before a statement fails for lack of it and aborts the caller's
 * transaction. A cached "no" is probed again.
 *
 * @throws UnsupportedByEngineError with the operation, the engine's version and the first version with the
 * feature.
 */
export async function requireFeature(
  db: Queryable,
  feature: Feature,
  operation: string = feature,
): Promise<void> {
  if ((await getCapabilities(db)).features.has(feature)) return;
  const found = await probeAgain(db);
  if (!found.features.has(feature))
    throw new UnsupportedByEngineError(operation, nameEngine(found), FEATURES[feature].since);
}

/** SQLSTATEs for an unknown function and an unknown column. */
const MISSING = ["42883", "42703"];

/**
 * Runs one statement that needs a feature, like `call`. If it fails because the engine has lost the feature since it
 * was probed (an older schema was restored), the engine is probed again.
 *
 * @throws UnsupportedByEngineError as `requireFeature`; the errors of `call`.
 */
export async function callFeature<Row extends object = Record<string, unknown>>(
  db: Queryable,
  feature: Feature,
  statement: string,
  values: readonly unknown[],
  about: { queue?: string; operation?: string } = {},
): Promise<Row[]> {
  await requireFeature(db, feature, about.operation);
  try {
    return await call<Row>(db, statement, values, about);
  } catch (error) {
    if (!(error instanceof AbsurdDbError && MISSING.includes(error.code))) throw error;
    forgetCapabilities(db);
    // In the caller's aborted transaction the probe fails too; then the first error is the useful one.
    await requireFeature(db, feature, about.operation).catch((reason) => {
      if (reason instanceof UnsupportedByEngineError) throw reason;
    });
    throw error;
  }
}

/** Drops the cached capabilities of a database. */
export function forgetCapabilities(db: Queryable): void {
  const key = findDatabaseKey(db);
  if (key === undefined) probes.ofPools.delete(db);
  else probes.ofDatabases.delete(key);
}

/** The version in words, including for an engine that reports none. */
function nameEngine({ installed, schemaVersion }: Capabilities): string {
  if (!installed) return "not installed";
  return schemaVersion ?? `older than ${FEATURES.get_schema_version.since}`;
}

function probeAgain(db: Queryable): Promise<Capabilities> {
  const capabilities = probe(db);
  const entry = { at: Date.now(), capabilities };
  const key = findDatabaseKey(db);
  if (key === undefined) probes.ofPools.set(db, entry);
  else probes.ofDatabases.set(key, entry);
  capabilities.catch(() => forgetCapabilities(db));
  return capabilities;
}

async function probe(db: Queryable): Promise<Capabilities> {
  const columns = Object.entries(FEATURES).map(([name, { probe }]) => `${probe} as "${name}"`);
  const [found] = await call<Record<Feature, boolean> & { installed: boolean; cron: boolean }>(
    db,
    `select to_regclass('absurd.queues') is not null as installed,
            to_regclass('cron.job') is not null as cron,
            ${columns.join(", ")}`,
  );
  const features = new Set(
    (Object.keys(FEATURES) as Feature[]).filter((feature) => found?.[feature]),
  );
  const capabilities = {
    installed: found?.installed ?? false,
    features,
    cron: found?.cron ?? false,
  };
  if (!features.has("get_schema_version")) return capabilities;
  const [row] = await call<{ version: string }>(
    db,
    "select absurd.get_schema_version() as version",
  );
  return row ? { ...capabilities, schemaVersion: row.version } : capabilities;
}

function recall(db: Queryable): Probe | undefined {
  const key = findDatabaseKey(db);
  return key === undefined ? probes.ofPools.get(db) : probes.ofDatabases.get(key);
}

/** Cache key of the database that a node-postgres connection is on; `undefined` for a pool, which doesn't expose it. */
function findDatabaseKey(db: Queryable): string | undefined {
  const { host, port, database } = db as { host?: unknown; port?: unknown; database?: unknown };
  return typeof database === "string" ? `${host}:${port}/${database}` : undefined;
}
