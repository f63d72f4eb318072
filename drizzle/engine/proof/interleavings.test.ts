import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { interleavings } from "./commands";
import { runInterleaving } from "./interleaving";
import { SCENARIOS } from "./scenarios";
import { openSession, type Session } from "./session";

const long = process.env.ABSURD_LONG === "1";
/** The short form always uses the same seed; the long form uses a new one, which a failure reports. */
const settings = long ? { numRuns: 2_000 } : { numRuns: 80, seed: 20_260_302 };
const length = long ? 150 : 80;

/** The transitions that the interleavings must reach; an unreached one would not be tested. */
const EVERYTHING = [
  ...["run claim", "run extend", "run schedule", "run suspend", "run wake", "run complete"],
  ...["run fail", "run cancel pending", "run cancel running", "run cancel sleeping"],
  ...["run consume payload", "run notice timeout", "run inserted pending", "run inserted sleeping"],
  ...["task claim", "task suspend", "task wake", "task complete", "task cancel", "task retry"],
  ...["task fail to pending", "task fail to sleeping", "task fail to failed"],
  ...["task fail to cancelled", "task cleaned up", "event cleaned up"],
  ...["checkpoint written", "checkpoint overwritten", "spawn with a known key"],
  ...["retry as a new task", "lease expired", "max_delay due", "max_duration due"],
  ...["await of an emitted event", "second emit ignored", "emit after the deadline"],
  "claim after a timeout",
];

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
  test("behaves like the model under random interleavings", { timeout: 3_600_000 }, async () => {
    await session.call("create_queue", mode, mode);
    const queue = { name: mode, partitioned: mode === "partitioned" };
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(interleavings(length), (commands) =>
        runInterleaving(session, queue, commands, reached),
      ),
      { ...settings, examples: Object.values(SCENARIOS).map((commands) => [commands]) },
    );
    expect(EVERYTHING.filter((transition) => !reached.has(transition))).toEqual([]);
    expect([...reached].filter((transition) => !EVERYTHING.includes(transition))).toEqual([]);
  });
});
