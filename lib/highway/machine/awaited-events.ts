import type { Uuid } from "../../model/ids.ts";
import { isInterpreterTask } from "../../model/interpreter.ts";
import { partEvent } from "./entry-names.ts";

/** A checkpoint of a task; its text is absent if it was too long to be fetched. */
type Checkpoint = { name: string; state: { text?: string } | null };

/**
 * The checkpoints of the interpreter that hold the payload of an event, with the event of each: events that it
 * recorded before waiting for them, and the events that its parts emit at their ends. `undefined` for tasks of
 * other programs.
 */
export function listAwaited(
  task: { name: string; workflowRunId: Uuid | null },
  checkpoints: readonly Checkpoint[],
): Record<string, string> | undefined {
  if (!isInterpreterTask(task)) return undefined;
  const { workflowRunId } = task;
  const ofChildren = new Map(
    checkpoints.flatMap(({ name, state }) => childEvents(name, state?.text)),
  );
  const starters = new Set(checkpoints.flatMap(({ name }) => before(name, "/tasks") ?? []));
  const awaited = checkpoints.flatMap(({ name, state }): [string, string][] => {
    const step = before(name, "/waiting");
    const event = step === undefined ? undefined : parseEvent(state?.text);
    if (step !== undefined && event !== undefined) return [[step, event]];
    const end = ofChildren.get(name);
    if (end !== undefined) return [[name, end]];
    const starter = name.replace(/(\[\d+\]|\.[^/.[~]+)$/, "");
    return starters.has(starter) ? [[name, partEvent(workflowRunId, name)]] : [];
  });
  return Object.fromEntries(awaited);
}

/** The events of the child workflows that an operator has started, by the checkpoint that waits for each. */
function childEvents(name: string, text: string | undefined): [string, string][] {
  const operator = before(name, "/children");
  if (operator === undefined || text === undefined) return [];
  const children: Record<string, { workflow_run_id?: unknown }> = JSON.parse(text) ?? {};
  return Object.entries(children).map(([child, { workflow_run_id: id }]) => [
    `${operator}/child/${child}`,
    `hw:${String(id)}:end`,
  ]);
}

function before(name: string, ending: string): string | undefined {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
}

function parseEvent(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { event } = JSON.parse(text) ?? {};
  return typeof event === "string" ? event : undefined;
}
