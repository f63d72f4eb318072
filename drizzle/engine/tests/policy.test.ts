import { describe, expect, test } from "vitest";
import { provideEngine } from "./engine";

describe("Q4: an unpartitioned queue", () => {
  const engine = provideEngine();

  const DEFAULTS = {
    queue_name: "q",
    storage_mode: "unpartitioned",
    default_partition: "enabled",
    partition_lookahead: "28 days",
    partition_lookback: "1 day",
    cleanup_ttl: "30 days",
    cleanup_limit: "1000",
    detach_mode: "none",
    detach_min_age: "30 days",
  };

  test("has a default policy, which an empty change keeps", async () => {
    const e = engine();
    await e.on("set_queue_policy", {});
    await e.on("set_queue_policy", null);
    expect(await e.on("get_queue_policy")).toEqual([DEFAULTS]);
    expect(await e.call("get_queue_policy", null)).toEqual([]);
  });

  test("changes the given keys and keeps the others", async () => {
    const e = engine();
    await e.on("set_queue_policy", {
      cleanup_ttl: "2 hours",
      cleanup_limit: "5",
      detach_mode: " EMPTY ",
    });
    await e.on("set_queue_policy", { partition_lookahead: "0", detach_min_age: "1 mon" });
    expect(await e.on("get_queue_policy")).toEqual([
      {
        ...DEFAULTS,
        cleanup_ttl: "02:00:00",
        cleanup_limit: "5",
        detach_mode: "empty",
        partition_lookahead: "00:00:00",
        detach_min_age: "1 mon",
      },
    ]);
  });

  test.each([["null"], ["[]"], ['"x"'], ["1"]])("refuses the policy %s", async (policy) => {
    const e = engine();
    await e.refused(
      () => e.on("set_queue_policy", policy),
      "P0001",
      "Queue policy must be a JSON object",
    );
  });

  // In the order in which they are checked: each policy also contains the mistakes of the later ones.
  const mistakes = [
    [{ partition_lookahead: "-1 day" }, "partition_lookahead must be non-negative"],
    [{ partition_lookback: "-1 day" }, "partition_lookback must be non-negative"],
    [{ cleanup_ttl: "-1 day" }, "cleanup_ttl must be non-negative"],
    [{ cleanup_limit: 0 }, "cleanup_limit must be at least 1"],
    [{ detach_mode: " Full " }, 'Unsupported detach mode "full"'],
    [{ detach_min_age: "-1 day" }, "detach_min_age must be non-negative"],
    [{ default_partition: " Maybe " }, 'Unsupported default_partition mode "maybe"'],
    [
      { default_partition: "enabled" },
      "default_partition policy is only supported for partitioned queues",
    ],
  ] as const;
  test.each(
    mistakes.map(([policy, message], index) => ({
      message,
      policy: Object.assign(
        {},
        ...mistakes
          .slice(index)
          .map(([one]) => one)
          .reverse(),
        policy,
      ),
    })),
  )("says: $message", async ({ policy, message }) => {
    const e = engine();
    await e.refused(() => e.on("set_queue_policy", policy), "P0001", message);
  });

  test("reports an unknown key before it checks the queue and the values", async () => {
    const e = engine();
    await e.refused(
      () =>
        e.call("set_queue_policy", "gone", { cleanup_ttl: "bogus", storage_mode: "partitioned" }),
      "P0001",
      'Unsupported queue policy key "storage_mode"',
    );
    await e.refused(
      () => e.call("set_queue_policy", "", []),
      "P0001",
      "Queue name must be provided",
    );
    await e.refused(
      () => e.call("set_queue_policy", "gone", { cleanup_ttl: "bogus" }),
      "P0001",
      'Queue "gone" does not exist',
    );
  });

  test("names the first unknown key in the order of jsonb, shorter keys first", async () => {
    const e = engine();
    await e.refused(
      () => e.on("set_queue_policy", { aaa: 1, c: 1, cleanup_limit: 5, b: 1 }),
      "P0001",
      'Unsupported queue policy key "b"',
    );
  });

  test.each([
    [{ cleanup_ttl: null }, "23502"],
    [{ cleanup_limit: null }, "23502"],
    [{ partition_lookahead: null }, "23502"],
    [{ cleanup_ttl: "bogus" }, "22007"],
    [{ cleanup_limit: "many" }, "22P02"],
    [{ cleanup_limit: 1.5 }, "22P02"],
  ])("leaves %j to PostgreSQL: %s", async (policy, code) => {
    const e = engine();
    await e.refused(() => e.on("set_queue_policy", policy), code);
  });

  test("a null mode counts as an empty one", async () => {
    const e = engine();
    await e.refused(
      () => e.on("set_queue_policy", { detach_mode: null }),
      "P0001",
      'Unsupported detach mode ""',
    );
    await e.refused(
      () => e.on("set_queue_policy", { default_partition: null }),
      "P0001",
      'Unsupported default_partition mode ""',
    );
  });
});
