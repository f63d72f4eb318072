import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { describeStrategy, retryDelaySeconds } from "./retry-delay.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const payload = (value: unknown) => {
  const text = JSON.stringify(value);
  return { bytes: text.length, text };
};

async function queryEngine(strategy: string | null, attempt: number) {
  const call = "select absurd.retry_delay_seconds($1::jsonb, $2) as seconds";
  try {
    const { rows } = await database.pool.query(call, [strategy, attempt]);
    return { seconds: rows[0].seconds as number };
  } catch (error) {
    return { invalid: (error as Error).message };
  }
}

const number = fc.oneof(
  fc.integer({ min: -2, max: 100 }),
  fc.double({ min: 0, max: 90_000, noNaN: true }),
  fc.constantFrom(0, 1e300, 86_400, 86_400.5, "12", "  12 ", "x", "", "NaN", "-Infinity", "1e999"),
  fc.constantFrom(null, true, [], {}),
);
const strategies = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(null, 1, "fixed", [], true) },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        kind: fc.constantFrom("none", "fixed", "exponential", "exponential", "linear", null, 7),
        base_seconds: number,
        factor: number,
        max_seconds: number,
      },
      { requiredKeys: [] },
    ),
  },
);

test("agrees with the engine on every strategy, valid or not", async () => {
  await fc.assert(
    fc.asyncProperty(strategies, fc.integer({ min: -1, max: 60 }), async (strategy, attempt) => {
      const ours = retryDelaySeconds(payload(strategy), attempt);
      const theirs = await queryEngine(JSON.stringify(strategy), attempt);
      if ("invalid" in theirs || "invalid" in ours) {
        expect(ours).toEqual(theirs);
        return;
      }
      // The server's pow() and ours may differ in the last bit.
      const scale = Math.max(Math.abs(theirs.seconds), 1e-9);
      expect(Math.abs(ours.seconds - theirs.seconds) / scale).toBeLessThan(1e-9);
    }),
    { numRuns: 150 },
  );
});

test("without a strategy, retries are immediate", async () => {
  expect(retryDelaySeconds(null, 3)).toEqual({ seconds: 0 });
  expect(await queryEngine(null, 3)).toEqual({ seconds: 0 });
});

test.each([
  [null, null],
  [{ kind: "none" }, null],
  [{ kind: "fixed" }, "fixed 1 min"],
  [{ kind: "exponential" }, "exponential 30 s × 2"],
  [
    { kind: "exponential", base_seconds: 1, factor: 3, max_seconds: 300 },
    "exponential 1 s × 3, at most 5 min",
  ],
  [{ kind: "linear" }, "invalid strategy"],
])("describes %j", (strategy, text) => {
  expect(describeStrategy(strategy === null ? null : payload(strategy))).toBe(text);
});
