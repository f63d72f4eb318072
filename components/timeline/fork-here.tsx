"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { forkableSteps } from "@/components/tasks/actions/availability";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { plural } from "@/lib/format";
import type { TaskDetail } from "@/lib/model/task";

const ForkDialog = dynamic(() =>
  import("@/components/tasks/actions/fork-dialog").then((m) => m.ForkDialog),
);

/** The way to a copy that goes on from this step; nothing for what is no stored step. */
export function ForkHere({ detail, step }: { detail: TaskDetail; step: string | null }) {
  const [open, setOpen] = useState(false);
  const at = step === null ? -1 : forkableSteps(detail).indexOf(step);
  if (step === null || at < 0) return null;
  return (
    <footer className="-mx-4 flex flex-wrap items-center gap-x-3 gap-y-1 border-line-subtle border-t px-4 py-3 wide:mx-0">
      <Button onClick={() => setOpen(true)}>
        <Icon name="git-fork" size={14} />
        Fork from here
      </Button>
      <span className="text-12 text-ink-3">
        A new task with copies of {at === 0 ? "no step" : plural(at, "step")}
      </span>
      {open && <ForkDialog detail={detail} from={step} onClose={() => setOpen(false)} />}
    </footer>
  );
}
