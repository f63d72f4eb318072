import type { Checkpoint } from "@/lib/analytics/types";
import type { RecordedValue } from "@/lib/analytics/workflow-types";
import { formatNumber, plural } from "@/lib/format";
import type { StepRef } from "./resolve-step";

/** What an entry of the interpreter's journal says, as a person would. */
export type StepWords = {
  words: string;
  /** Noted so that the run can go on after a crash: what it tells of the run is shown by other rows as well. */
  isBookkeeping: boolean;
  /** What ended an attempt. */
  failure?: { type: string; message: string };
};

/** The value of an entry: its text as far as it was sent, and what was read of a longer one. */
export type StepValue = {
  state?: Checkpoint["state"];
  recorded?: RecordedValue | undefined;
};

/**
 * Says what the interpreter noted under a name: `each_order/items` reads "5 items of each_order". `within` is the part of
 * the workflow that the task executes, which need not be said again.
 */
export function tellStep(
  name: string,
  { note }: StepRef,
  value: StepValue,
  within = "",
): StepWords {
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
  const words = tellNote(kind, which, about, value);
  return words === undefined
    ? { words: shorten(name, within), isBookkeeping: false }
    : { words, isBookkeeping: true };
}

function tellNote(
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
      return `ends inside of ${about}`;
    case "deadline":
      return `time limit of ${about}`;
    case "waiting":
      return `${about} begins to wait`;
    case "timed_out":
      return `time of ${about} is over`;
    case "branch":
      return `branch ${which} has ended`;
    default:
      return undefined;
  }
}

/** A path without the part around it, which the task's own row names already. */
export function shorten(path: string, within: string): string {
  if (within === "" || !path.startsWith(within)) return path;
  const rest = path.slice(within.length);
  return /^[/.]./s.test(rest) ? rest.slice(1) : path;
}
