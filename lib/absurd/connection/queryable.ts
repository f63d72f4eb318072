/** What every verb runs on: a `pg.Client` or `pg.PoolClient`, or a `pg.Pool` where one statement is enough. */
export interface Queryable {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
}
