"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Checkbox } from "@/components/ui/form/checkbox";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { CountText } from "@/components/ui/text/count";
import { dropQueueAction } from "@/lib/actions/queues";
import { plural } from "@/lib/format";
import type { Queue } from "@/lib/model/queue";
import { addCounts, stateCount } from "../list/state-count";
import { NameToConfirm } from "./name-to-confirm";

/** Says what is lost with a queue, and drops it once its name was typed. */
export function DropQueueDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const perform = usePerform();
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [acceptActive, setAcceptActive] = useState(false);
  const [reason, setReason] = useState("");
  const { name, active } = queue;
  const alive = active.pending + active.running + active.sleeping;
  const ended = addCounts(
    (["completed", "failed", "cancelled"] as const).map((state) => stateCount(queue, state)),
  );
  async function drop() {
    const failure = await perform(
      () => dropQueueAction({ queue: name, confirm: typed, acceptActive, reason }),
      { failed: "Queue not dropped", done: () => ({ title: "Queue dropped", text: name }) },
    );
    if (!failure) router.replace("/queues");
    return failure;
  }
  return (
    <ConfirmDialog
      title="Drop this queue"
      danger
      confirmLabel="Drop queue"
      cancelLabel="Keep queue"
      disabled={typed !== name || (alive > 0 && !acceptActive)}
      onClose={onClose}
      onConfirm={drop}
    >
      <div className="flex flex-col gap-3">
        <p className="break-words text-ink-2">
          <strong className="font-semibold text-ink">{name}</strong> goes with all of its tables.
          This cannot be undone.
        </p>
        <section aria-label="What will be lost" className="rounded-2 border bg-surface px-3 py-2">
          <p>
            <strong className="font-semibold">
              {alive === 0 ? "No active task" : plural(alive, "active task")}
            </strong>
            {alive > 0 &&
              `: ${active.pending} pending, ${active.running} running, ${active.sleeping} sleeping`}
          </p>
          <p>
            <CountText count={ended} className="font-semibold" /> ended, with their results and
            errors
          </p>
          <p className="text-ink-2">
            All their attempts, checkpoints, events and waits. Workers of this queue fail until it
            is created again.
          </p>
        </section>
        {alive > 0 && (
          <Checkbox
            checked={acceptActive}
            onChange={({ target }) => setAcceptActive(target.checked)}
          >
            Lose the active tasks too
          </Checkbox>
        )}
        <NameToConfirm queue={name} value={typed} onChange={setTyped} />
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
