import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MODES, provideEngine } from "./engine";

type Column = { name: string; type: string; nullable: boolean; default: string | null };
/** The contract's functions, columns and indexes. */
const catalog: {
  functions: {
    name: string;
    arguments: string;
    returns: string;
    language: string;
    volatility: string;
    strict: boolean;
  }[];
  tables: Record<string, Column[]>;
  indexes: {
    name: string;
    table: string;
    columns: string;
    unique: boolean;
    unpartitionedOnly: boolean;
    where: string | null;
  }[];
} = JSON.parse(readFileSync(new URL("catalog.json", import.meta.url), "utf8"));

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
    replace(pg_get_expr(d.adbin, d.adrelid), '"current_time"', 'current_time') as default
  from pg_attribute a
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = to_regclass(format('absurd.%I', $1::text)) and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

const STATES = "'pending', 'running', 'sleeping', 'completed', 'failed', 'cancelled'";

describe("the schema", () => {
  const engine = provideEngine();

  test("has exactly these functions, with these arguments", async () => {
    const rows = await engine().rows(`
      select p.proname as name, pg_get_function_arguments(p.oid) as arguments,
        pg_get_function_result(p.oid) as returns, l.lanname as language,
        case p.provolatile when 'i' then 'immutable' when 'v' then 'volatile' else 'stable' end as volatility,
        p.proisstrict as strict, p.prosecdef as definer, p.proconfig as settings, p.proparallel as parallel
      from pg_proc p
      join pg_language l on l.oid = p.prolang
      where p.pronamespace = 'absurd'::regnamespace
      order by p.proname, p.pronargs`);
    const wanted = catalog.functions.map((one) => ({
      ...one,
      strict: one.strict ? "t" : "f",
      definer: "f",
      settings: null,
      parallel: "u",
    }));
    expect(rows).toHaveLength(39);
    const key = (one: { name?: string | null; arguments?: string | null }) =>
      `${one.name}(${one.arguments})`;
    const sorted = <R extends { name?: string | null; arguments?: string | null }>(list: R[]) =>
      list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(sorted(rows)).toEqual(sorted(wanted));
  });

  test("contains only tables and functions", async () => {
    const e = engine();
    expect(
      await e.rows(`
        select distinct c.relkind from pg_class c where c.relnamespace = 'absurd'::regnamespace order by 1`),
    ).toEqual([{ relkind: "i" }, { relkind: "r" }]);
    expect(
      await e.rows(`
        select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = 'absurd'::regnamespace`),
    ).toEqual([]);
    expect(
      await e.rows(`
        select conname from pg_constraint where connamespace = 'absurd'::regnamespace and contype = 'f'`),
    ).toEqual([]);
    expect(await e.rows("select extname from pg_extension where extname <> 'plpgsql'")).toEqual([]);
  });

  test("has a registry of queues", async () => {
    const e = engine();
    const columns = await e.rows(COLUMNS, "queues");
    expect(columns).toEqual(
      catalog.tables.queues?.map((column) => ({
        ...column,
        nullable: column.nullable ? "t" : "f",
      })),
    );
    const checks = await e.rows(`
      select conname from pg_constraint
      where conrelid = 'absurd.queues'::regclass and contype in ('c', 'p') order by 1`);
    expect(checks.map((row) => row.conname)).toEqual([
      "queues_cleanup_limit_check",
      "queues_cleanup_ttl_check",
      "queues_default_partition_check",
      "queues_detach_min_age_check",
      "queues_detach_mode_check",
      "queues_partition_lookahead_check",
      "queues_partition_lookback_check",
      "queues_pkey",
      "queues_storage_mode_check",
    ]);
    const refused = [
      ["storage_mode", "'x'"],
      ["default_partition", "'x'"],
      ["partition_lookahead", "'-1 day'"],
      ["partition_lookback", "'-1 day'"],
      ["cleanup_ttl", "'-1 day'"],
      ["cleanup_limit", "0"],
      ["detach_mode", "'x'"],
      ["detach_min_age", "'-1 day'"],
    ] as const;
    for (const [column, value] of refused)
      await e.refused(() => e.rows(`update absurd.queues set ${column} = ${value}`), "23514");
  });
});

describe.each(MODES)("an %s queue", (mode) => {
  const engine = provideEngine(mode);
  const partitioned = mode === "partitioned";
  const prefixes = partitioned ? ["t", "r", "c", "e", "w", "i"] : ["t", "r", "c", "e", "w"];

  test.each(prefixes)("has the columns of %s_", async (prefix) => {
    expect(await engine().rows(COLUMNS, `${prefix}_q`)).toEqual(
      catalog.tables[prefix]?.map((column) => ({
        ...column,
        nullable: column.nullable ? "t" : "f",
      })),
    );
  });

  test("has these tables, stored like this", async () => {
    const rows = await engine().rows(`
      select relname as name, array_to_string(reloptions, ',') as options, pg_get_partkeydef(oid) as key
      from pg_class
      where relnamespace = 'absurd'::regnamespace and relkind in ('r', 'p') and not relispartition
        and relname <> 'queues'
      order by relname`);
    const key = {
      t: "RANGE (task_id)",
      r: "RANGE (run_id)",
      c: "RANGE (task_id)",
      w: "RANGE (run_id)",
    };
    expect(rows).toEqual(
      prefixes.toSorted().map((prefix) => ({
        name: `${prefix}_q`,
        options: !partitioned && "trc".includes(prefix) ? "fillfactor=70" : null,
        key: partitioned ? (key[prefix as "t"] ?? null) : null,
      })),
    );
  });

  test("has exactly these indexes", async () => {
    const rows = await engine().rows(`
      select i.relname as name, left(t.relname, 1) as table, x.indisunique as unique,
        (select string_agg(a.attname, ', ' order by k.rank)
         from unnest(x.indkey::smallint[]) with ordinality as k (attnum, rank)
         join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum) as columns,
        pg_get_expr(x.indpred, x.indrelid) as where
      from pg_index x
      join pg_class i on i.oid = x.indexrelid
      join pg_class t on t.oid = x.indrelid
      join pg_am m on m.oid = i.relam and m.amname = 'btree'
      where t.relnamespace = 'absurd'::regnamespace and not t.relispartition and t.relname <> 'queues'
      order by i.relname`);
    const plain = (where: string | null) =>
      where
        ?.replace(/::text|\[\]/g, "")
        .replace(/= ANY \(ARRAY\[(.*?)\]\)/, "in ($1)")
        .replace(/\((\S+ = '\w+'|\S+ in \(.*?\)|\S+ IS NOT NULL)\)/g, "$1")
        .replace(/^\((.*)\)$/, "$1")
        .toLowerCase() ?? null;
    const wanted = catalog.indexes
      .filter(
        (index) => prefixes.includes(index.table) && !(partitioned && index.unpartitionedOnly),
      )
      .map(({ unpartitionedOnly: _, ...index }) => ({
        ...index,
        name: index.name.replace("{q}", "q"),
        unique: index.unique ? "t" : "f",
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(rows.map((row) => ({ ...row, where: plain(row.where ?? null) }))).toEqual(wanted);
  });

  test("has exactly these constraints", async () => {
    const rows = await engine().rows(`
      select conname as name, pg_get_constraintdef(c.oid) as definition
      from pg_constraint c
      join pg_class t on t.oid = c.conrelid
      where t.relnamespace = 'absurd'::regnamespace and not t.relispartition and t.relname <> 'queues'
        and c.contype <> 'n'
      order by conname`);
    const state = `CHECK ((state = ANY (ARRAY[${STATES.replaceAll(/'(\w+)'/g, "'$1'::text")}])))`;
    expect(rows).toEqual(
      [
        { name: "c_q_pkey", definition: "PRIMARY KEY (task_id, checkpoint_name)" },
        { name: "e_q_pkey", definition: "PRIMARY KEY (event_name)" },
        partitioned && { name: "i_q_pkey", definition: "PRIMARY KEY (idempotency_key)" },
        { name: "r_q_pkey", definition: "PRIMARY KEY (run_id)" },
        { name: "r_q_state_check", definition: state },
        !partitioned && {
          name: "t_q_idempotency_key_key",
          definition: "UNIQUE (idempotency_key)",
        },
        { name: "t_q_pkey", definition: "PRIMARY KEY (task_id)" },
        { name: "t_q_state_check", definition: state },
        { name: "w_q_pkey", definition: "PRIMARY KEY (run_id, step_name)" },
      ].filter(Boolean),
    );
  });

  test("does not truncate index names of a queue with the longest name", async () => {
    const e = engine();
    const name = "x".repeat(57);
    await e.call("create_queue", name, mode);
    for (const suffix of ["r_{q}_sai", "r_{q}_cei", "e_{q}_eai", "w_{q}_eni", "t_{q}_ci"])
      expect(
        await e.row(
          "select to_regclass(format('absurd.%I', $1::text)) is not null as there",
          suffix.replace("{q}", name),
        ),
      ).toEqual({ there: "t" });
  });
});
