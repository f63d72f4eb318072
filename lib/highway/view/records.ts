import { toMs } from "@/lib/model/instants";
import { parseJson } from "../../absurd/connection/json.ts";
import { ROOT_TASK } from "../../model/interpreter.ts";
import type { Json } from "../../model/json.ts";
import { TASK_STATES, type TaskState } from "../../model/states.ts";
import type { Checkpoint, TaskDetail } from "../../model/task.ts";
import type { RecordedValue, WorkflowRunDetail } from "../../model/workflow.ts";
import type { Timeline } from "../../timeline/model.ts";
import type { Entry, Records } from "../machine/record-index.ts";
import { findOwner, type Resolve } from "./resolve-step.ts";

/** A task of a run with its timeline. */
export type TaskHistory = { detail: TaskDetail; timeline: Timeline };

/** Whether the interpreter executes a run, so that every decision is recorded; other programs leave gaps. */
export function isInterpreted({ run, tasks }: WorkflowRunDetail): boolean {
  return tasks.some(({ task }) => task.taskId === run.rootTaskId && task.name === ROOT_TASK);
}

/** Everything that the tasks of a run recorded about its operators. */
export function collectRecords(detail: WorkflowRunDetail, resolve: Resolve): Records {
  const { run, tasks, records } = detail;
  const isComplete = isInterpreted(detail) && !tasks.some(({ truncated }) => truncated);
  const entries = new Map<string, Entry>();
  const parts = new Map<string, TaskState>();
  const nameOf = (name: string) => {
    const step = isComplete ? undefined : resolve(name);
    return step ? `${step.instance}${step.note && `/${step.note}`}` : name;
  };
  const add = (name: string, entry: Entry) => {
    if (!entries.has(name)) entries.set(name, entry);
  };
  for (const found of tasks) {
    const { task, checkpoints, waits } = found;
    const record = records[task.taskId];
    const part = task.taskId === run.rootTaskId ? undefined : findOwner(found, detail);
    if (part !== undefined) parts.set(nameOf(part), task.state);
    for (const checkpoint of checkpoints) {
      // The interpreter's part records its value under its path, where the waiting task records the part's end.
      if (isComplete && checkpoint.name === part) continue;
      add(nameOf(checkpoint.name), toEntry(checkpoint, record?.values[checkpoint.name]));
    }
    // A wait is not a checkpoint; the interpreter notes it, other programs leave it to the engine.
    if (!isComplete)
      for (const wait of waits)
        add(`${nameOf(wait.stepName)}/waiting`, { at: toMs(wait.createdAt) });
  }
  const root = run.rootState ?? TASK_STATES.find((state) => state === run.status) ?? null;
  return { entries, parts, root, now: toMs(detail.now), isComplete };
}

function toEntry({ updatedAt, state }: Checkpoint, recorded: RecordedValue | undefined): Entry {
  const { failure, ...rest } = recorded ?? {};
  const value: Json | undefined =
    failure ?? (state?.text === undefined ? undefined : parseValue(state.text));
  return { at: toMs(updatedAt), value, ...rest };
}

/** `undefined` for text that was cut and is therefore not JSON. */
export function parseValue(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
