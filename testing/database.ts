import { randomUUID } from "node:crypto";
import { Client, Pool } from "pg";
import { inject } from "vitest";

export type TestDatabase = {
  /** Connection string, for worker processes and additional sessions. */
  url: string;
  pool: Pool;
  /** Closes the pool and drops the database. */
  drop: () => Promise<void>;
};

/** `encoding` is an encoding of PostgreSQL, for an empty database. */
export type DatabaseOptions = { empty?: boolean; encoding?: string };

/**
 * A database for one test file: a clone of the migrated template, or with `{ empty: true }` one without any schema.
 * Call it in `beforeAll`, and `drop` in `afterAll`.
 */
export async function createTestDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const serverUrl = inject("serverUrl");
  const isEmpty = options.empty || options.encoding;
  const encoding = options.encoding ? `encoding '${options.encoding}' locale 'C'` : "";
  await maintain(
    serverUrl,
    `create database ${name} template ${isEmpty ? "template0" : "template_absurd"} ${encoding}`,
  );
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 10 });
  // Dropping the database ends sessions that a test left open; that is expected.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", () => {});
  return {
    url: url.href,
    pool,
    drop: async () => {
      await pool.end();
      // A pool ends before its sessions do. A plain drop waits for them (up to 5 s); `force` ends those left by a
      // killed worker.
      await maintain(serverUrl, `drop database ${name}`).catch(() =>
        maintain(serverUrl, `drop database ${name} with (force)`),
      );
    },
  };
}

async function maintain(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
