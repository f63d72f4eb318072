import type { Uuid } from "../../model/ids.ts";
import { PART_TASK, partEvent, ROOT_TASK } from "./entry-names.ts";

/** A checkpoint of a task; its text is absent when it was too long to be fetched. */
type Checkpoint = { name: string; state: { text?: string } | null };

/**
 * Which checkpoints of the interpreter hold the payload of an event, and of which one: events that it recorded before
 * waiting for them, and the events that its parts emit at their ends. `undefined` for tasks of other programs.
 */
export function listAwaited(
  task: { name: string; workflowRunId: Uuid | null },
  checkpoints: readonly Checkpoint[],
): Record<string, string> | undefined {
  const { name: program, workflowRunId } = task;
  if (workflowRunId === null || (program !== ROOT_TASK && program !== PART_TASK)) return undefined;
  const starters = new Set(checkpoints.flatMap(({ name }) => before(name, "/tasks") ?? []));
  const awaited = checkpoints.flatMap(({ name, state }): [string, string][] => {
    const step = before(name, "/waiting");
    const event = step === undefined ? undefined : parseEvent(state?.text);
    if (step !== undefined && event !== undefined) return [[step, event]];
    const starter = name.replace(/(\[\d+\]|\.[^/.[~]+)$/, "");
    return starters.has(starter) ? [[name, partEvent(workflowRunId, name)]] : [];
  });
  return Object.fromEntries(awaited);
}

function before(name: string, ending: string): string | undefined {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
}

function parseEvent(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { event } = JSON.parse(text) ?? {};
  return typeof event === "string" ? event : undefined;
}
