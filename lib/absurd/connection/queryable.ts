/** A connection for verbs: a `pg.Client`, a `pg.PoolClient` or a `pg.Pool`. */
export interface Queryable {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}
