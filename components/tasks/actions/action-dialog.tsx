"use client";
import { lazyOptional } from "@/components/ui/feedback/lazy";
import type { TaskDetail } from "@/lib/model/task";
import type { Availability, TaskAction } from "./availability";

const CancelDialog = lazyOptional(() => import("./cancel-dialog").then((m) => m.CancelDialog));
const RetryDialog = lazyOptional(() => import("./retry-dialog").then((m) => m.RetryDialog));
const RescheduleDialog = lazyOptional(() =>
  import("./reschedule-dialog").then((m) => m.RescheduleDialog),
);
const EmitDialog = lazyOptional(() =>
  import("@/components/events/emit-dialog").then((m) => m.EmitDialog),
);
const RunAgainDialog = lazyOptional(() =>
  import("../spawn/run-again-dialog").then((m) => m.RunAgainDialog),
);
const ForkDialog = lazyOptional(() => import("./fork-dialog").then((m) => m.ForkDialog));
const SpawnDialog = lazyOptional(() => import("../spawn/spawn-dialog").then((m) => m.SpawnDialog));
const ExtendLeaseDialog = lazyOptional(() =>
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
