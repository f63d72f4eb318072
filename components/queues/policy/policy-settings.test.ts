import { expect, test } from "vitest";
import type { QueuePolicy } from "@/lib/absurd/queues/queues";
import { diffPolicies, formatSetting, listSettings } from "./policy-settings";

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

test("an unpartitioned queue has no partition settings", () => {
  expect(listSettings({ storageMode: "unpartitioned" })).toEqual([
    "cleanupTtlSeconds",
    "cleanupLimit",
  ]);
  expect(listSettings(policy)).toHaveLength(7);
});

test("only settings that differ are listed, with their old values", () => {
  expect(diffPolicies(policy, { ...policy, cleanupLimit: 5, detachMode: "empty" })).toEqual({
    change: { cleanupLimit: 5, detachMode: "empty" },
    expected: { cleanupLimit: 1_000, detachMode: "none" },
    changed: ["cleanupLimit", "detachMode"],
  });
  expect(diffPolicies(policy, policy).changed).toEqual([]);
});

test("values are formatted as text", () => {
  expect(formatSetting(policy, "cleanupTtlSeconds")).toBe("30 days");
  expect(formatSetting(policy, "cleanupLimit")).toBe("1,000");
  expect(formatSetting(policy, "detachMode")).toBe("none");
});
