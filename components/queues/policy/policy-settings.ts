import type { QueuePolicy, QueuePolicyChange } from "@/lib/absurd/queues/queues";
import { formatNumber } from "@/lib/format";
import { formatLength } from "./seconds";

export type Setting = Exclude<keyof QueuePolicyChange, undefined>;

type About = {
  label: string;
  /** What it does, for whoever changes it. */
  hint: string;
  kind: "length" | "number" | readonly string[];
  /** Whether it has an effect on partitioned queues only. */
  partitioned: boolean;
};

/** The settings of a policy in the order in which they are shown. */
export const SETTINGS: Record<Setting, About> = {
  cleanupTtlSeconds: {
    label: "Keep ended tasks and events",
    hint: "A cleanup deletes what ended, or was emitted, longer ago",
    kind: "length",
    partitioned: false,
  },
  cleanupLimit: {
    label: "Rows a cleanup",
    hint: "At most so many tasks, and so many events, each time the engine's own cleanup runs",
    kind: "number",
    partitioned: false,
  },
  partitionLookaheadSeconds: {
    label: "Weeks made ahead",
    hint: "Partitions are made for all weeks until then",
    kind: "length",
    partitioned: true,
  },
  partitionLookbackSeconds: {
    label: "Weeks made back",
    hint: "And for the weeks since then",
    kind: "length",
    partitioned: true,
  },
  defaultPartition: {
    label: "Default partition",
    hint: "Takes rows of weeks that have no partition. Disabled, such rows are refused and workers fail",
    kind: ["enabled", "disabled"],
    partitioned: true,
  },
  detachMode: {
    label: "Detach empty weeks",
    hint: "Whether pg_cron may detach and drop weeks without rows",
    kind: ["none", "empty"],
    partitioned: true,
  },
  detachMinAgeSeconds: {
    label: "Detach weeks older than",
    hint: "Counted from the end of the week",
    kind: "length",
    partitioned: true,
  },
};

/** The settings that do something for this queue. */
export function settingsOf({ storageMode }: Pick<QueuePolicy, "storageMode">): Setting[] {
  return (Object.keys(SETTINGS) as Setting[]).filter(
    (setting) => storageMode === "partitioned" || !SETTINGS[setting].partitioned,
  );
}

/** The value of a setting in words. */
export function formatSetting(policy: QueuePolicyChange, setting: Setting): string {
  const value = policy[setting];
  if (typeof value !== "number") return value ?? "";
  return SETTINGS[setting].kind === "length" ? formatLength(value) : formatNumber(value);
}

/** What differs between two policies: the new values and those that they replace. */
export function changesOf(
  before: QueuePolicy,
  after: QueuePolicyChange,
): { change: QueuePolicyChange; expected: QueuePolicyChange; changed: Setting[] } {
  const changed = settingsOf(before).filter(
    (setting) => after[setting] !== undefined && after[setting] !== before[setting],
  );
  const pick = (from: QueuePolicyChange): QueuePolicyChange =>
    Object.fromEntries(changed.map((setting) => [setting, from[setting]]));
  return { change: pick(after), expected: pick(before), changed };
}
