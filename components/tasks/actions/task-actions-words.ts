import type { ButtonVariant } from "@/components/ui/form/button";
import type { IconName } from "@/components/ui/icons/icon-names";
import type { TaskAction } from "./availability";

type Words = {
  action: TaskAction;
  label: string;
  /** What it does, for who does not know. */
  means: string;
  hotkey: string;
  icon: IconName;
  variant: ButtonVariant;
  /** Offered among all actions only, or by the verdict. */
  rare?: true;
};

/** What can be done with a task, in the order in which it is offered. */
export const TASK_ACTION_WORDS: readonly Words[] = [
  {
    action: "retry",
    label: "Retry",
    means: "More attempts of this task, or a new one",
    hotkey: "t",
    icon: "rotate-ccw",
    variant: "default",
  },
  {
    action: "run-again",
    label: "Run again",
    means: "A copy from the beginning, edited if you like",
    hotkey: "a",
    icon: "refresh-ccw",
    variant: "default",
  },
  {
    action: "reschedule",
    label: "Reschedule",
    means: "Move the time it waits for, to now or later",
    hotkey: "s",
    icon: "calendar-clock",
    variant: "default",
  },
  {
    action: "emit",
    label: "Emit event",
    means: "Let it through by the event it waits for",
    hotkey: "e",
    icon: "zap",
    variant: "default",
  },
  {
    action: "extend-lease",
    label: "Extend lease",
    means: "More time before its worker counts as lost",
    hotkey: "l",
    icon: "timer-reset",
    variant: "default",
    // The verdict offers it wherever there is a lease.
    rare: true,
  },
  {
    action: "fork",
    label: "Fork from a step",
    means: "A copy that keeps the steps before one, and goes on from there",
    hotkey: "f",
    icon: "git-fork",
    variant: "default",
    rare: true,
  },
  {
    action: "cancel",
    label: "Cancel",
    means: "End it now",
    hotkey: "c",
    icon: "ban",
    variant: "danger",
  },
];
