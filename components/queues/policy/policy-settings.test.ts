import { expect, test } from "vitest";
import type { QueuePolicy } from "@/lib/absurd/queues/queues";
import { changesOf, formatSetting, settingsOf } from "./policy-settings";

const policy: QueuePolicy = {
  queueName: "q",
  storageMode: "partitioned",
  defaultPartition: "enabled",
  partitionLookaheadSeconds: 28 * 86_400,
  partitionLookbackSeconds: 86_400,
  cleanupTtlSeconds: 30 * 86_400,
  cleanupLimit: 1_000,
  detachMode: "none",
  detachMinAgeSeconds: 30 * 86_400,
};

test("a queue without partitions has no settings of them", () => {
  expect(settingsOf({ storageMode: "unpartitioned" })).toEqual([
    "cleanupTtlSeconds",
    "cleanupLimit",
  ]);
  expect(settingsOf(policy)).toHaveLength(7);
});

test("only what differs is changed, with what it replaces", () => {
  expect(changesOf(policy, { ...policy, cleanupLimit: 5, detachMode: "empty" })).toEqual({
    change: { cleanupLimit: 5, detachMode: "empty" },
    expected: { cleanupLimit: 1_000, detachMode: "none" },
    changed: ["cleanupLimit", "detachMode"],
  });
  expect(changesOf(policy, policy).changed).toEqual([]);
});

test("values read as words", () => {
  expect(formatSetting(policy, "cleanupTtlSeconds")).toBe("30 days");
  expect(formatSetting(policy, "cleanupLimit")).toBe("1,000");
  expect(formatSetting(policy, "detachMode")).toBe("none");
});
