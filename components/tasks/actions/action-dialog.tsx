"use client";
import type { ReactElement } from "react";
import { EmitDialog } from "@/components/events/emit-dialog";
import type { TaskDetail } from "@/lib/model/task";
import { RunAgainDialog } from "../spawn/run-again-dialog";
import { SpawnDialog } from "../spawn/spawn-dialog";
import type { Availability, TaskAction } from "./availability";
import { CancelDialog } from "./cancel-dialog";
import { ExtendLeaseDialog } from "./extend-lease-dialog";
import { ForkDialog } from "./fork-dialog";
import { RescheduleDialog } from "./reschedule-dialog";
import { RetryDialog } from "./retry-dialog";

type Props = {
  action: TaskAction | "spawn";
  detail: TaskDetail;
  available: Availability;
  onClose: () => void;
};

/**
 * Dialog of one action. All dialogs share a chunk that is loaded when the first one opens. A dialog stays open when the
 * task's state changes, because the server checks again.
 */
export function ActionDialog({ action, detail, available, onClose }: Props): ReactElement | null {
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
