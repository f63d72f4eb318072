import type { ButtonVariant } from "@/components/ui/form/button";
import type { IconName } from "@/components/ui/icons/icon-names";
import type { SuggestedAction } from "@/lib/diagnosis/facts";
import type { TaskAction } from "./availability";

type Words = {
  label: string;
  /** What the action does, in one line. */
  description: string;
  hotkey: string;
  icon: IconName;
  variant?: ButtonVariant;
  /** Listed in the actions sheet only, not as a button of the page. */
  sheetOnly?: true;
};

/** How each action is presented: as a button of the task page, in the actions sheet and in the command palette. */
export const ACTION_WORDS: Record<TaskAction, Words> = {
  retry: {
    label: "Retry",
    description: "More attempts for this task, or a new task",
    hotkey: "t",
    icon: "rotate-ccw",
  },
  "run-again": {
    label: "Run again",
    description: "Fresh copy of the task; you can edit its input",
    hotkey: "a",
    icon: "refresh-ccw",
  },
  reschedule: {
    label: "Reschedule",
    description: "Change the time it is waiting for",
    hotkey: "s",
    icon: "calendar-clock",
  },
  emit: {
    label: "Emit event",
    description: "Emit the event it is waiting for",
    hotkey: "e",
    icon: "zap",
  },
  "extend-lease": {
    label: "Extend lease",
    description: "Give the worker more time",
    hotkey: "l",
    icon: "timer-reset",
    // The verdict suggests it whenever there is a lease.
    sheetOnly: true,
  },
  fork: {
    label: "Fork from a step",
    description: "Copy that keeps completed steps and resumes from one you pick",
    hotkey: "f",
    icon: "git-fork",
    sheetOnly: true,
  },
  cancel: {
    label: "Cancel",
    description: "End the task now",
    hotkey: "c",
    icon: "ban",
    variant: "danger",
  },
};

type Suggestion = {
  action: TaskAction;
  label: string;
  /** Offered without emphasis: the situation may resolve without it. */
  quiet?: true;
};

/** The action that a verdict suggests, and the label of its button. */
export const SUGGESTIONS: Record<SuggestedAction["kind"], Suggestion> = {
  cancel: { action: "cancel", label: "Cancel task" },
  retry: { action: "retry", label: "Retry" },
  "run-again": { action: "run-again", label: "Run again" },
  "run-now": { action: "reschedule", label: "Run now" },
  "extend-lease": { action: "extend-lease", label: "Extend lease", quiet: true },
  "emit-event": { action: "emit", label: "Emit event" },
};
