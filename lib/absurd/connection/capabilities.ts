import { AbsurdDbError, UnsupportedByEngineError } from "../errors.ts";
import type { Queryable } from "./queryable.ts";
import { call } from "./sql.ts";

const hasFunction = (signature: string) => `to_regprocedure('absurd.${signature}') is not null`;

/**
 * What engines differ in: the first release that has it, and how to see it. Argument lists never changed, so a
 * function that exists can be called as ever; the version text is not asked because every development checkout
 * reports the same one. (Source: the engine's released schemas, compared.)
 */
const FEATURES = {
  cancel_task: { since: "0.0.5", probe: hasFunction("cancel_task(text,uuid)") },
  extend_claim: { since: "0.0.5", probe: hasFunction("extend_claim(text,uuid,integer)") },
  /** Spawning takes an idempotency key and says whether it created the task. */
  "idempotency keys": {
    since: "0.0.6",
    probe: `exists (select from pg_proc
      where oid = to_regprocedure('absurd.spawn_task(text,text,jsonb,jsonb)')
        and 'created' = any(proargnames))`,
  },
  /** The first emit of an event counts; before, each one overwrote the payload and woke waiters again. */
  "write-once events": { since: "0.1.0", probe: hasFunction("validate_queue_name(text)") },
  /** `extend_claim` refuses a run without a lease; before, it returned silently. */
  "lease checks": { since: "0.1.0", probe: hasFunction("validate_queue_name(text)") },
  get_schema_version: { since: "0.2.0", probe: hasFunction("get_schema_version()") },
  retry_task: { since: "0.2.0", probe: hasFunction("retry_task(text,uuid,jsonb)") },
  get_task_result: { since: "0.3.0", probe: hasFunction("get_task_result(text,uuid)") },
  /** Storage modes and maintenance policies of queues, and cleaning up by them. */
  "queue policies": {
    since: "0.4.0",
    probe: `exists (select from pg_attribute
      where attrelid = to_regclass('absurd.queues') and attname = 'storage_mode'
        and not attisdropped)`,
  },
  /** A retry strategy that the engine cannot follow is refused when a task is spawned. */
  "strict retry strategies": {
    since: "0.5.0",
    probe: hasFunction("retry_delay_seconds(jsonb,integer)"),
  },
} as const;

export type Feature = keyof typeof FEATURES;

/** What the engine of one database can do. */
export type Capabilities = {
  installed: boolean;
  /** What `get_schema_version` says: a release, or `main` for a checkout between two. Absent before 0.2.0. */
  schemaVersion?: string;
  features: ReadonlySet<Feature>;
  /** Whether pg_cron is there to run the engine's maintenance. */
  cron: boolean;
};

/** A migration may happen under a running process; by itself it is noticed after this time. */
const PROBE_AGAIN_AFTER_MS = 60_000;

type Probe = { at: number; capabilities: Promise<Capabilities> };
const probes = { ofPools: new WeakMap<object, Probe>(), ofDatabases: new Map<string, Probe>() };

/**
 * What the engine in this database can do. It is asked once per database and again after a minute; connections to one
 * database share the answer. Within a transaction it costs at most one statement on the catalog and one call, and it
 * takes no locks beyond theirs.
 */
export function getCapabilities(db: Queryable): Promise<Capabilities> {
  const known = recall(db);
  if (known && Date.now() - known.at < PROBE_AGAIN_AFTER_MS) return known.capabilities;
  return probeAgain(db);
}

/**
 * What the engine calls itself: a release such as `0.5.0`, or `main` for a checkout between two. `null` before schema
 * 0.2.0, and without an engine. It may be a minute old.
 */
export async function getSchemaVersion(db: Queryable): Promise<string | null> {
  const { schemaVersion } = await getCapabilities(db);
  return schemaVersion ?? null;
}

/**
 * Makes sure that the engine has a feature before a statement would fail without it, and with it the caller's
 * transaction. A negative answer is never taken from the cache.
 *
 * @throws UnsupportedByEngineError naming the operation, the engine that was found and the first one that has it.
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

/** SQLSTATEs of a statement that names a function or a column which is not there. */
const MISSING = ["42883", "42703"];

/**
 * Runs one statement that needs a feature, as `call` does. Where it fails because the engine has lost the feature since
 * it was probed (an older schema was restored), the engine is probed again.
 *
 * @throws UnsupportedByEngineError as `requireFeature`; what `call` throws.
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
    // Within the caller's transaction, now aborted, the probe fails too; then the first error says more.
    await requireFeature(db, feature, about.operation).catch((reason) => {
      if (reason instanceof UnsupportedByEngineError) throw reason;
    });
    throw error;
  }
}

/** Forgets what is known of a database, as after a failure that contradicts it. */
export function forgetCapabilities(db: Queryable): void {
  const key = databaseOf(db);
  if (key === undefined) probes.ofPools.delete(db);
  else probes.ofDatabases.delete(key);
}

/** In words: the version, or what is known without one. */
function nameEngine({ installed, schemaVersion }: Capabilities): string {
  if (!installed) return "not installed";
  return schemaVersion ?? `older than ${FEATURES.get_schema_version.since}`;
}

function probeAgain(db: Queryable): Promise<Capabilities> {
  const capabilities = probe(db);
  const entry = { at: Date.now(), capabilities };
  const key = databaseOf(db);
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
  const key = databaseOf(db);
  return key === undefined ? probes.ofPools.get(db) : probes.ofDatabases.get(key);
}

/** Which database a connection of node-postgres is on; a pool does not say, and is known by itself. */
function databaseOf(db: Queryable): string | undefined {
  const { host, port, database } = db as { host?: unknown; port?: unknown; database?: unknown };
  return typeof database === "string" ? `${host}:${port}/${database}` : undefined;
}
