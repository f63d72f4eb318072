"use client";
import { useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { Panel } from "@/components/ui/data/panel";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import type { QueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { formatSetting, listSettings, SETTINGS } from "./policy-settings";

const PolicyDialog = lazyDialog(() => import("./policy-dialog").then((m) => m.PolicyDialog));

/** The queue's retention policy, and the button to change it. */
export function PolicyPanel({ policy, engine }: Pick<QueueMaintenance, "policy" | "engine">) {
  const [editing, setEditing] = useState(false);
  if (!policy) {
    return (
      <Panel title="Policy">
        <p className="px-3 py-2 text-ink-2">
          Policies need schema 0.4.0; this database has {engine.version ?? "one before 0.2.0"}.
          Finished tasks are kept until someone cleans up.
        </p>
      </Panel>
    );
  }
  return (
    <Panel
      title="Policy"
      note={engine.cron ? "applied by pg_cron" : "no automatic cleanup: pg_cron is not installed"}
      aside={
        <PermittedButton
          permission="set queue policy"
          {...onIntent(PolicyDialog.preload)}
          className="-my-1 wide:h-6"
          onClick={() => setEditing(true)}
        >
          Change
        </PermittedButton>
      }
    >
      <dl>
        {listSettings(policy).map((setting) => (
          <div
            key={setting}
            data-tip={SETTINGS[setting].hint}
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
