import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/lib/testing/database";
import { interleavings } from "./commands";
import { runInterleaving } from "./interleaving";
import { openSession, type Session } from "./session";

const long = process.env.ABSURD_LONG === "1";
/** The short form always draws the same interleavings; the long one new ones, whose seed a failure names. */
const settings = long ? { numRuns: 1_500 } : { numRuns: 60, seed: 20_260_302 };
const length = long ? 120 : 60;

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createTestDatabase();
  session = await openSession(database.url);
});
afterAll(async () => {
  await session.close();
  await database.drop();
});

describe.each(["unpartitioned", "partitioned"])("a queue that is %s", (mode) => {
  test("behaves as the model does under random interleavings", { timeout: 1_800_000 }, async () => {
    await session.call("create_queue", mode, mode);
    const queue = { name: mode, partitioned: mode === "partitioned" };
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(interleavings(length), (commands) =>
        runInterleaving(session, queue, commands, reached),
      ),
      settings,
    );
    // Interleavings that never get somewhere prove nothing about it.
    expect([...reached].sort()).toMatchInlineSnapshot(`
      [
        "await of an emitted event",
        "checkpoint overwritten",
        "checkpoint written",
        "claim after a timeout",
        "event cleaned up",
        "lease expired",
        "max_delay due",
        "max_duration due",
        "run cancel pending",
        "run cancel running",
        "run cancel sleeping",
        "run claim",
        "run complete",
        "run extend",
        "run fail",
        "run inserted pending",
        "run inserted sleeping",
        "run schedule",
        "run suspend",
        "run wake",
        "second emit ignored",
        "spawn with a known key",
        "task cancel",
        "task claim",
        "task cleaned up",
        "task complete",
        "task fail to failed",
        "task fail to pending",
        "task fail to sleeping",
        "task retry",
        "task suspend",
        "task wake",
      ]
    `);
  });
});
