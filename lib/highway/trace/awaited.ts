import type { Uuid } from "../../model/ids.ts";
import { PART_TASK, partEvent } from "../run/children.ts";
import { ROOT_TASK } from "../run/start.ts";

/** A checkpoint of a task; its text is absent when it was too long to be fetched. */
type Noted = { name: string; state: { text?: string } | null };

/**
 * The event that a checkpoint of the interpreter is the payload of, by the checkpoint's name: those that it noted before
 * it waited for them, and those by which the parts it started tell their ends. `undefined` for tasks of other programs.
 */
export function listAwaited(
  task: { name: string; workflowRunId: Uuid | null },
  checkpoints: readonly Noted[],
): Record<string, string> | undefined {
  const { name: program, workflowRunId } = task;
  if (workflowRunId === null || (program !== ROOT_TASK && program !== PART_TASK)) return undefined;
  const starters = new Set(checkpoints.flatMap(({ name }) => before(name, "/tasks") ?? []));
  const awaited = checkpoints.flatMap(({ name, state }): [string, string][] => {
    const step = before(name, "/waiting");
    const event = step === undefined ? undefined : readEvent(state?.text);
    if (step !== undefined && event !== undefined) return [[step, event]];
    const starter = name.replace(/(\[\d+\]|\.[^/.[~]+)$/, "");
    return starters.has(starter) ? [[name, partEvent(workflowRunId, name)]] : [];
  });
  return Object.fromEntries(awaited);
}

function before(name: string, ending: string): string | undefined {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
}

function readEvent(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { event } = JSON.parse(text) ?? {};
  return typeof event === "string" ? event : undefined;
}
