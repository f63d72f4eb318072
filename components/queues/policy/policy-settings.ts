import type { QueuePolicy, QueuePolicyChange } from "@/lib/absurd/queues/queues";
import { formatNumber } from "@/lib/format";
import { formatPeriod } from "./period";

export type Setting = Exclude<keyof QueuePolicyChange, undefined>;

type About = {
  label: string;
  hint: string;
  kind: "period" | "number" | readonly string[];
  /** Whether the setting applies to partitioned queues only. */
  partitioned: boolean;
};

/** Settings of a policy, in display order. */
export const SETTINGS: Record<Setting, About> = {
  cleanupTtlSeconds: {
    label: "Keep finished tasks and events",
    hint: "A cleanup deletes tasks that finished, and events emitted, longer ago than this",
    kind: "period",
    partitioned: false,
  },
  cleanupLimit: {
    label: "Rows per cleanup",
    hint: "Maximum tasks, and maximum events, per engine cleanup run",
    kind: "number",
    partitioned: false,
  },
  partitionLookaheadSeconds: {
    label: "Create partitions ahead",
    hint: "How far ahead weekly partitions are created",
    kind: "period",
    partitioned: true,
  },
  partitionLookbackSeconds: {
    label: "Create partitions back",
    hint: "How far back weekly partitions are created",
    kind: "period",
    partitioned: true,
  },
  defaultPartition: {
    label: "Default partition",
    hint: "Takes rows of weeks without a partition. If disabled, such rows are rejected and workers fail",
    kind: ["enabled", "disabled"],
    partitioned: true,
  },
  detachMode: {
    label: "Detach empty weeks",
    hint: "Whether pg_cron may detach and drop empty weeks",
    kind: ["none", "empty"],
    partitioned: true,
  },
  detachMinAgeSeconds: {
    label: "Detach weeks older than",
    hint: "Measured from the end of the week",
    kind: "period",
    partitioned: true,
  },
};

/** The settings that apply to this queue. */
export function listSettings({ storageMode }: Pick<QueuePolicy, "storageMode">): Setting[] {
  return (Object.keys(SETTINGS) as Setting[]).filter(
    (setting) => storageMode === "partitioned" || !SETTINGS[setting].partitioned,
  );
}

/** The value of a setting as text. */
export function formatSetting(policy: QueuePolicyChange, setting: Setting): string {
  const value = policy[setting];
  if (typeof value !== "number") return value ?? "";
  return SETTINGS[setting].kind === "period" ? formatPeriod(value) : formatNumber(value);
}

/** Settings that differ between two policies, with new and old values. */
export function diffPolicies(
  before: QueuePolicy,
  after: QueuePolicyChange,
): { change: QueuePolicyChange; expected: QueuePolicyChange; changed: Setting[] } {
  const changed = listSettings(before).filter(
    (setting) => after[setting] !== undefined && after[setting] !== before[setting],
  );
  const pick = (from: QueuePolicyChange): QueuePolicyChange =>
    Object.fromEntries(changed.map((setting) => [setting, from[setting]]));
  return { change: pick(after), expected: pick(before), changed };
}
