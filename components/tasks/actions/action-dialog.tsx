"use client";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import type { TaskDetail } from "@/lib/model/task";
import type { Availability, TaskAction } from "./availability";

const CancelDialog = lazyExtra(() => import("./cancel-dialog").then((m) => m.CancelDialog));
const RetryDialog = lazyExtra(() => import("./retry-dialog").then((m) => m.RetryDialog));
const RescheduleDialog = lazyExtra(() =>
  import("./reschedule-dialog").then((m) => m.RescheduleDialog),
);
const EmitDialog = lazyExtra(() =>
  import("@/components/events/emit-dialog").then((m) => m.EmitDialog),
);
const RunAgainDialog = lazyExtra(() =>
  import("../spawn/run-again-dialog").then((m) => m.RunAgainDialog),
);
const ForkDialog = lazyExtra(() => import("./fork-dialog").then((m) => m.ForkDialog));
const SpawnDialog = lazyExtra(() => import("../spawn/spawn-dialog").then((m) => m.SpawnDialog));
const ExtendLeaseDialog = lazyExtra(() =>
  import("./extend-lease-dialog").then((m) => m.ExtendLeaseDialog),
);

type Props = {
  action: TaskAction | "spawn";
  detail: TaskDetail;
  available: Availability;
  onClose: () => void;
};

/** The dialog of one action. It stays open when the state of the task changes: the server checks again. */
export function ActionDialog({ action, detail, available, onClose }: Props) {
  const { run, event } = available;
  const props = { detail, onClose };
  switch (action) {
    case "cancel":
      return <CancelDialog {...props} />;
    case "retry":
      return <RetryDialog {...props} />;
    case "run-again":
      return <RunAgainDialog {...props} />;
    case "fork":
      return <ForkDialog {...props} />;
    case "reschedule":
      return run ? <RescheduleDialog {...props} run={run} /> : null;
    case "extend-lease":
      return run ? <ExtendLeaseDialog {...props} run={run} /> : null;
    case "emit":
      return <EmitDialog queue={detail.task.queue} name={event} onClose={onClose} />;
    case "spawn":
      return <SpawnDialog queue={detail.task.queue} name={detail.task.name} onClose={onClose} />;
  }
}
