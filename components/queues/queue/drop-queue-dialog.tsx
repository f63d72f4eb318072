"use client";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePerform } from "@/components/layout/use-perform";
import { Checkbox } from "@/components/ui/form/checkbox";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { CountText } from "@/components/ui/text/count";
import { usePageRouter } from "@/components/ui/text/prefix";
import { dropQueueAction } from "@/lib/actions/queues";
import { plural } from "@/lib/format";
import { sumCounts } from "@/lib/model/count";
import { countInState, type Queue } from "@/lib/model/queue";
import { NameToConfirm } from "./name-to-confirm";

/** Lists what is deleted with a queue, and drops it after its name has been typed. */
export function DropQueueDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const perform = usePerform();
  const router = usePageRouter();
  const [typed, setTyped] = useState("");
  const [acceptActive, setAcceptActive] = useState(false);
  const [reason, setReason] = useState("");
  const { name, active } = queue;
  const alive = active.pending + active.running + active.sleeping;
  const finished = sumCounts(
    (["completed", "failed", "cancelled"] as const).map((state) => countInState(queue, state)),
  );
  async function drop() {
    const failure = await perform(
      () =>
        dropQueueAction({ queue: name, confirm: typed, acceptActive, shownActive: alive, reason }),
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
          Deletes <strong className="font-semibold text-ink">{name}</strong> and all its tables.
          This cannot be undone.
        </p>
        <section
          aria-label="What will be deleted"
          className="rounded-2 border bg-surface px-3 py-2"
        >
          <p>
            <strong className="font-semibold">
              {alive === 0 ? "No active tasks" : plural(alive, "active task")}
            </strong>
            {alive > 0 &&
              `: ${active.pending} pending, ${active.running} running, ${active.sleeping} sleeping`}
          </p>
          <p>
            <CountText count={finished} className="font-semibold" /> finished, with results and
            errors
          </p>
          <p className="text-ink-2">
            All attempts, checkpoints, events and waits. Its workers will fail until the queue is
            recreated.
          </p>
        </section>
        {alive > 0 && (
          <Checkbox
            checked={acceptActive}
            onChange={({ target }) => setAcceptActive(target.checked)}
          >
            Also delete {plural(alive, "active task")}
          </Checkbox>
        )}
        <NameToConfirm queue={name} value={typed} onChange={setTyped} />
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ConfirmDialog>
  );
}
