"use client";
import { useState } from "react";
import { Panel } from "@/components/ui/data/panel";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { Button } from "@/components/ui/form/button";
import type { QueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { formatSetting, SETTINGS, settingsOf } from "./policy-settings";

const PolicyDialog = lazyExtra(() => import("./policy-dialog").then((m) => m.PolicyDialog));

/** How the engine keeps the queue, and the way to change it. */
export function PolicyPanel({ policy, engine }: Pick<QueueMaintenance, "policy" | "engine">) {
  const [editing, setEditing] = useState(false);
  if (!policy) {
    return (
      <Panel title="Policy">
        <p className="px-3 py-2 text-ink-2">
          Policies came with schema 0.4.0; this database has{" "}
          {engine.version ?? "one older than 0.2.0"}. Ended tasks are kept until somebody cleans up.
        </p>
      </Panel>
    );
  }
  return (
    <Panel
      title="Policy"
      note={
        engine.cron
          ? "pg_cron is there to carry it out"
          : "without pg_cron nothing is cleaned up by itself"
      }
      aside={
        <Button className="-my-1 wide:h-6" onClick={() => setEditing(true)}>
          Change
        </Button>
      }
    >
      <dl>
        {settingsOf(policy).map((setting) => (
          <div
            key={setting}
            title={SETTINGS[setting].hint}
            className="flex min-h-8 items-center gap-3 border-line-subtle border-b px-3 last:border-b-0"
          >
            <dt className="min-w-0 flex-1 text-ink-2">{SETTINGS[setting].label}</dt>
            <dd className="font-medium">{formatSetting(policy, setting)}</dd>
          </div>
        ))}
      </dl>
      {editing && <PolicyDialog policy={policy} onClose={() => setEditing(false)} />}
    </Panel>
  );
}
