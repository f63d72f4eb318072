import { formatNumber, plural } from "../../format.ts";
import type { Checkpoint } from "../../model/task.ts";
import type { RecordedValue } from "../../model/workflow.ts";
import type { StepRef } from "./resolve-step.ts";

/** An entry of the interpreter's journal in plain words. */
export type StepDescription = {
  words: string;
  /** Recorded only so that the run survives a crash; other rows show the same fact. */
  isBookkeeping: boolean;
  /** The error that ended an attempt. */
  failure?: { type: string; message: string };
};

/** The value of an entry: its text, which may be cut, and the fields decoded from a longer one. */
export type StepValue = {
  state?: Checkpoint["state"];
  recorded?: RecordedValue | undefined;
};

/**
 * Describes the entry with a name: `each_order/items` becomes "5 items of each_order". `within` is the path of the
 * part that the task executes; titles omit it.
 */
export function describeStep(
  name: string,
  { note }: StepRef,
  value: StepValue,
  within = "",
): StepDescription {
  if (note === "") return { words: shorten(name, within), isBookkeeping: false };
  const place = name.slice(0, -note.length - 1);
  const isPart = name.endsWith("]") || name.charAt(place.length) === ".";
  if (isPart) return { words: `${shorten(name, within)} has ended`, isBookkeeping: true };
  const [kind = "", which = ""] = note.split("/");
  const about = shorten(place, within);
  if (kind === "attempt" || kind === "failed") {
    const failure = value.recorded?.failure;
    const words = kind === "failed" ? about : `${about}, attempt ${which}`;
    return { words, isBookkeeping: false, ...(failure && { failure }) };
  }
  // Each call of a reflexive operator is separate work: "draft, turn 2 verified".
  if (kind === "turn") {
    const [, turn = "", done = ""] = note.split("/");
    return { words: `${about}, turn ${turn} ${done}`, isBookkeeping: false };
  }
  const words = describeNote(kind, which, about, value);
  return words === undefined
    ? { words: shorten(name, within), isBookkeeping: false }
    : { words, isBookkeeping: true };
}

function describeNote(
  kind: string,
  which: string,
  about: string,
  { state, recorded }: StepValue,
): string | undefined {
  const count = (many: number | undefined, noun: string) =>
    many === undefined ? `${noun}s` : plural(many, noun);
  switch (kind) {
    case "items":
      return `${count(recorded?.length, "item")} of ${about}`;
    case "tasks":
      return `${about} starts ${count(recorded?.tasks, "task")}`;
    case "round":
      if (state?.text === "true") return `${about}, round ${which}`;
      if (state?.text === "false") return `${about}, end after ${plural(Number(which), "round")}`;
      return `condition of ${about}, round ${which}`;
    case "retry":
      return `${about}, before attempt ${formatNumber(Number(which) + 1)}`;
    case "inner":
      return `ends inside ${about}`;
    case "wait_until":
    case "deadline":
      return `time limit of ${about}`;
    case "overdue":
      return `branches of ${about} did not end in time`;
    case "waiting":
      return `${about} begins to wait`;
    case "timed_out":
      return `time of ${about} is over`;
    case "chosen":
      return `branches chosen by ${about}`;
    case "children":
      return `${about} starts child workflows`;
    case "child":
      return `child workflow ${which} has ended`;
    case "pre":
      return `preconditions of ${about} are met`;
    case "post":
      return `postconditions of ${about} are met`;
    case "branch":
      return `branch ${which} has ended`;
    default:
      return undefined;
  }
}

/** A path without the prefix `within`, which the task's own row already shows. */
export function shorten(path: string, within: string): string {
  if (within === "" || !path.startsWith(within)) return path;
  const rest = path.slice(within.length);
  return /^[/.]./s.test(rest) ? rest.slice(1) : path;
}
