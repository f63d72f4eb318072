import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { AbsurdClient } from "@/lib/absurd/absurd-client";
import { createTestDatabase } from "./database";

export type Session = {
  /** The connection, which may be in a transaction. */
  db: Client;
  /** A client for a new queue on that connection. */
  client: AbsurdClient;
  /** Sets the engine's clock for this session. */
  setClock: (time: string) => Promise<void>;
};

let queues = 0;

/**
 * Declares the same tests twice: on a connection where each statement commits separately, and inside the caller's
 * transaction, which is rolled back after each test.
 */
export function describeBothWays(
  name: string,
  declare: (session: Session, way: { inTransaction: boolean }) => void,
): void {
  for (const inTransaction of [false, true]) {
    describe(`${name}, ${inTransaction ? "inside the caller's transaction" : "outside a transaction"}`, () => {
      const session = {} as Session;
      let close = async () => {};

      beforeAll(async () => {
        const database = await createTestDatabase();
        const db = new Client({ connectionString: database.url });
        await db.connect();
        session.db = db;
        session.setClock = async (time) => {
          await db.query("select set_config('absurd.fake_now', $1, false)", [time]);
        };
        close = async () => {
          await db.end();
          await database.drop();
        };
      });
      afterAll(() => close());

      beforeEach(async () => {
        if (inTransaction) await session.db.query("begin");
        session.client = new AbsurdClient({ queueName: `queue_${++queues}`, db: session.db });
        await session.client.createQueue();
      });
      afterEach(async () => {
        if (inTransaction) await session.db.query("rollback");
        await session.setClock("");
      });

      declare(session, { inTransaction });
    });
  }
}
