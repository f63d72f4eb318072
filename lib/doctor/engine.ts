/** Checks of the database's contents: the engine's schema, the rights of the role, and overdue maintenance. */
import type { Client } from "pg";
import { getCapabilities } from "@/lib/absurd/connection/capabilities";
import type { Check } from "./report";

/** First letters of a queue's tables that every generation has. */
const TABLES = ["t", "r", "c", "e", "w"];

/** Lists at most this many names in a sentence. */
const NAMED = 5;

/** Checks which generation of the engine's schema is installed, and whether this role may use it. */
export async function checkSchema(client: Client): Promise<Check> {
  const id = "schema";
  // Lookups by name fail without the right to use the schema, so this queries the catalog.
  const { rows } = await client.query(`
    select '"' || replace(current_user, '"', '""') || '"' as role, absurd.oid is not null as namespace,
      has_schema_privilege(absurd.oid, 'usage') as usable,
      queues.oid is not null as queues, has_table_privilege(queues.oid, 'select') as listed,
      exists (select from pg_proc where pronamespace = absurd.oid
        and not has_function_privilege(oid, 'execute')) as closed
    from (select to_regnamespace('absurd')::oid as oid) absurd
      left join pg_class queues on queues.relnamespace = absurd.oid and queues.relname = 'queues'`);
  const { role, namespace, usable, queues, listed, closed } = rows[0];
  if (!namespace || !queues)
    return {
      id,
      verdict: "error",
      message: namespace
        ? 'The schema "absurd" has no table of queues.'
        : 'The database has no schema "absurd".',
      hint: "Check the database in DATABASE_URL, or install the schema with `absurd-dashboard migrate --engine`.",
    };
  const refuse = (what: string, grant: string): Check => ({
    id,
    verdict: "error",
    message: `The role ${role} may not ${what}: nothing can be shown.`,
    hint: `Grant it: \`${grant} to ${role};\``,
  });
  if (!usable) return refuse('use the schema "absurd"', "grant usage on schema absurd");
  if (!listed)
    return refuse("read the table of queues", "grant select on all tables in schema absurd");
  if (closed)
    return refuse(
      "call the functions of the engine",
      "grant execute on all functions in schema absurd",
    );
  const { features, schemaVersion } = await getCapabilities(client);
  if (!features.has("cancel_task"))
    return {
      id,
      verdict: "error",
      message: 'The schema "absurd" is older than 0.0.5.',
      hint: "Upgrade it with `absurdctl migrate`: older generations lack columns that the pages show.",
    };
  const name = schemaVersion ?? (features.has("write-once events") ? "0.1.x" : "0.0.5 to 0.0.8");
  const missing = [
    !features.has("idempotency keys") && "idempotency keys (0.0.6)",
    !features.has("retry_task") && "retry in place (0.2.0)",
    !features.has("queue policies") && "queue policies and partitions (0.4.0)",
  ].filter(Boolean);
  return {
    id,
    verdict: "ok",
    message: `The engine's schema is ${name}.${missing.length > 0 ? ` It came before ${missing.join(", ")}.` : ""}`,
  };
}

/** A right, the features that are off without it, and how to grant it. */
type Right = { id: string; has: boolean; off: string; grant: string; verdict: "warning" | "error" };

/**
 * Checks which rights this role lacks, and which features that turns off. Requires that `checkSchema` found no problem.
 *
 * @param use `read` limits the check to the rights of a role that only runs queries.
 */
export async function checkRights(client: Client, use: "all" | "read" = "all"): Promise<Check[]> {
  const { rows } = await client.query(
    `with queue as (select queue_name as name from absurd.queues),
    queue_table as (
      select queue.name, to_regclass(format('absurd.%I', prefix || '_' || queue.name)) as id
      from queue cross join unnest($1::text[]) as prefix
    ),
    allowed as (
      select name, bool_and(has_table_privilege(id, 'select')) as reads,
        bool_and(has_table_privilege(id, 'insert') and has_table_privilege(id, 'update')
          and has_table_privilege(id, 'delete')) as writes,
        bool_and(pg_has_role((select relowner from pg_class where oid = id), 'usage')) as owns
      from queue_table where id is not null group by name
    ),
    workflow_table as (
      select bool_and(has_table_privilege(oid, 'select')) as reads,
        bool_and(has_table_privilege(oid, 'update')
          and (relname = 'highway_circuit' or has_table_privilege(oid, 'insert'))) as writes
      from pg_class where relnamespace = to_regnamespace('public')
        and relname in ('workflow_run', 'workflow_definition', 'highway_circuit')
    ),
    own_table as (
      select bool_and(has_schema_privilege(relnamespace, 'usage')
          and has_table_privilege(oid, 'select')) as reads,
        bool_and(relname like '%\\_migrations' or has_table_privilege(oid, 'insert')
          and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete')) as writes
      from pg_class where relnamespace = to_regnamespace('absurd_dashboard') and relkind in ('r', 'p')
    )
    select '"' || replace(current_user, '"', '""') || '"' as role,
      (select quote_ident(pg_get_userbyid(relowner)) from pg_class where oid = 'absurd.queues'::regclass) as owner,
      has_schema_privilege('absurd', 'create') as creates,
      (select coalesce(array_agg(name order by name) filter (where not reads), '{}') from allowed) as unread,
      (select coalesce(array_agg(name order by name) filter (where not writes), '{}') from allowed) as unwritten,
      (select coalesce(array_agg(name order by name) filter (where not owns), '{}') from allowed) as unowned,
      (select coalesce(reads, true) from workflow_table) as workflows,
      (select coalesce(writes, true) from workflow_table) as starts,
      (select coalesce(reads, true) from own_table) as own,
      (select coalesce(reads and writes, true) from own_table) as records`,
    [TABLES],
  );
  const [found] = rows;
  const { role } = found;
  const reading: Right[] = [
    {
      id: "rights-read",
      has: found.unread.length === 0,
      off: `${listNames(found.unread)} cannot be shown`,
      grant: `grant select on all tables in schema absurd to ${role};`,
      verdict: "error",
    },
    {
      id: "rights-workflows",
      has: found.workflows,
      off: "workflow runs or their circuit breakers cannot be shown",
      grant: `grant select on public.workflow_run, public.workflow_definition, public.highway_circuit to ${role};`,
      verdict: "warning",
    },
  ];
  const ownTables = `all tables in schema absurd_dashboard to ${role};`;
  const usage = `grant usage on schema absurd_dashboard to ${role};`;
  const recordReading: Right = {
    id: "rights-record",
    has: found.own,
    off: "the audit log and bulk operations cannot be shown",
    grant: `${usage} grant select on ${ownTables}`,
    verdict: "warning",
  };
  const acting: Right[] = [
    {
      id: "rights-act",
      has: found.unwritten.length === 0,
      off: `cancel, retry, reschedule, emit, spawn and bulk operations are off on ${listNames(found.unwritten)}`,
      grant: `grant insert, update, delete on all tables in schema absurd to ${role};`,
      verdict: "warning",
    },
    {
      id: "rights-start",
      has: found.starts,
      off: "starting and cancelling workflow runs, and closing their circuit breakers, is off",
      grant: `grant insert, update on public.workflow_run, public.workflow_definition to ${role}; grant update on public.highway_circuit to ${role};`,
      verdict: "warning",
    },
    {
      id: "rights-record",
      has: found.records,
      off: "nothing can be recorded, so actions, bulk operations and signing in are off",
      grant: `${usage} grant select, insert, update, delete on ${ownTables}`,
      verdict: "warning",
    },
    {
      id: "rights-queues",
      has: found.creates && found.unowned.length === 0,
      off: "creating and dropping queues, and changing their partitions, is off",
      grant: `grant create on schema absurd to ${role}; grant ${found.owner} to ${role};`,
      verdict: "warning",
    },
  ];
  const rights = use === "read" ? [...reading, recordReading] : [...reading, ...acting];
  const missing = rights.filter((right) => !right.has);
  const everything = use === "read" ? "read everything" : "view and do everything";
  if (missing.length === 0)
    return [{ id: "rights", verdict: "ok", message: `The role ${role} may ${everything}.` }];
  return missing.map(({ id, off, grant, verdict }) => ({
    id,
    verdict,
    message: `The role ${role} lacks a right: ${off}.`,
    hint: `If it should have it: \`${grant}\``,
  }));
}

/** Checks whether the dashboard's own tables exist. */
export async function checkOwnTables(client: Client): Promise<Check> {
  const id = "own-tables";
  const { rows } = await client.query(`
    select exists (select from pg_class where relnamespace = to_regnamespace('absurd_dashboard')
      and relname = 'dashboard_migrations') as installed`);
  if (!rows[0].installed)
    return {
      id,
      verdict: "warning",
      message:
        "The dashboard's own tables are not installed: actions are not recorded, and there are no bulk operations.",
      hint: "Install them with `absurd-dashboard migrate`. They are in a schema of their own; the engine's tables stay as they are.",
    };
  return { id, verdict: "ok", message: "The dashboard's own tables are installed." };
}

/** Queues with overdue clean-up or missing partitions. Applies to engines with policies, from schema 0.4.0. */
export async function checkUpkeep(client: Client): Promise<Check[]> {
  const { features, cron } = await getCapabilities(client);
  if (!features.has("queue policies"))
    return [{ id: "upkeep", verdict: "skipped", message: "This engine has no queue policies." }];
  const { rows } = await client.query(`
    select q.queue_name as name, q.storage_mode as mode,
      exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass(format('absurd.%I', 't_' || q.queue_name))
          and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT') as parts,
      (select max(pg_get_expr(c.relpartbound, c.oid)) from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass(format('absurd.%I', 't_' || q.queue_name))
          and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT') as newest,
      absurd.uuidv7_floor(absurd.current_time() + '1 day'::interval)::text as tomorrow
    from absurd.queues q order by 1`);
  const partitioned = rows.filter(({ mode }) => mode === "partitioned");
  const ending = partitioned
    .filter(({ newest, tomorrow }) => {
      const bounds = [...String(newest).matchAll(/'([0-9a-f-]{36})'/g)].map(
        ([, uuid]) => uuid ?? "",
      );
      return (bounds.at(-1) ?? "") < tomorrow;
    })
    .map(({ name }) => name);
  const checks: Check[] = [];
  if (ending.length > 0)
    checks.push({
      id: "partitions",
      verdict: "warning",
      message: `${listNames(ending)} ${ending.length === 1 ? "has" : "have"} no partition for tomorrow; new tasks go to the default partition.`,
      hint: "Run `select absurd.ensure_partitions();` now, and every day by pg_cron or a timer.",
    });
  const old = await listUncleaned(client);
  if (old.length > 0)
    checks.push({
      id: "clean-up",
      verdict: "warning",
      message: `Clean-up is overdue on ${listNames(old)}: ended tasks are older than the policy keeps them.`,
      hint: "Run `select absurd.cleanup_all_queues();` now, and regularly by pg_cron or a timer; or clean up on the queue's page.",
    });
  if (checks.length > 0) return checks;
  const by = cron ? " pg_cron is installed to do it." : "";
  return [{ id: "upkeep", verdict: "ok", message: `No clean-up and no partition is due.${by}` }];
}

/**
 * Queues whose oldest ended task is older than their policy keeps tasks, with a day's grace. Checks the 1,000
 * oldest tasks of each queue.
 */
async function listUncleaned(client: Client): Promise<string[]> {
  const { rows: queues } = await client.query(`
    select q.queue_name as name,
      format('absurd.%I', 't_' || q.queue_name) as "table",
      absurd.uuidv7_floor(absurd.current_time() - q.cleanup_ttl - '1 day'::interval)::text as cutoff
    from absurd.queues q where q.cleanup_ttl is not null
      and has_table_privilege(to_regclass(format('absurd.%I', 't_' || q.queue_name)), 'select')`);
  const old: string[] = [];
  for (const { name, table, cutoff } of queues) {
    const { rows } = await client.query(
      `select exists (
         select from (select state from ${table} where task_id < $1::uuid order by task_id limit 1000) oldest
         where state in ('completed', 'failed', 'cancelled')
       ) as due`,
      [cutoff],
    );
    if (rows[0].due) old.push(name);
  }
  return old;
}

function listNames(names: string[]): string {
  const quoted = names.slice(0, NAMED).map((name) => `"${name}"`);
  const rest = names.length - quoted.length;
  return `${quoted.join(", ")}${rest > 0 ? ` and ${rest} more queues` : ""}`;
}
