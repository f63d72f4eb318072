import type { Client } from "pg";

/** The schema `absurd` as sorted lines, one per function, column, relation, constraint and index. */
const CATALOG = `
  select line from (
  select format('function %s(%s) returns %s %s %s %s %s %s %s', p.proname, pg_get_function_arguments(p.oid),
    pg_get_function_result(p.oid), l.lanname, p.provolatile, p.proisstrict, p.prosecdef, p.proparallel, p.proconfig) as line
  from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = 'absurd'::regnamespace
  union all
  select format('relation %s %s %s %s %s', c.relname, c.relkind, c.reloptions, pg_get_partkeydef(c.oid),
    pg_get_expr(c.relpartbound, c.oid))
  from pg_class c where c.relnamespace = 'absurd'::regnamespace
  union all
  select format('column %s.%s %s %s %s %s', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'absurd'::regnamespace and c.relkind in ('r', 'p')
  union all
  select format('constraint %s.%s %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
  from pg_constraint c join pg_class t on t.oid = c.conrelid where t.relnamespace = 'absurd'::regnamespace
  union all
  select 'index ' || i.indexdef from pg_indexes i where i.schemaname = 'absurd'
  ) catalog
  order by line collate "C"`;

/** Describes everything in the schema `absurd` except the bodies of its functions. */
export async function listCatalog(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(CATALOG);
  return rows.map(({ line }) => line);
}

/** The body of each function, by its signature. */
export async function listBodies(client: Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ signature: string; body: string }>(
    `select p.oid::regprocedure::text as signature, p.prosrc as body
     from pg_proc p where p.pronamespace = 'absurd'::regnamespace order by 1`,
  );
  return Object.fromEntries(rows.map(({ signature, body }) => [signature, body]));
}
