import { parseExactly } from "@/components/ui/json/json-model";
import { type Json, TASK_STATES, type TaskState } from "@/lib/absurd/types";
import type { Checkpoint } from "@/lib/analytics/types";
import type { RecordedValue, WorkflowRunDetail } from "@/lib/analytics/workflow-types";
import type { Entry, Records } from "@/lib/highway/trace/book";
import { ownerOf, type Resolve } from "./resolve-step";

/** The name of the interpreter's task; runs of other programs have roots of other names. */
const ROOT_TASK = "highway.workflow.run";

/** Whether the interpreter executes a run, which records whatever it decides; other programs leave gaps. */
export function isInterpreted({ run, tasks }: WorkflowRunDetail): boolean {
  return tasks.some(({ task }) => task.taskId === run.rootTaskId && task.name === ROOT_TASK);
}

/** Everything that the tasks of a run recorded of its operators. */
export function readRecords(detail: WorkflowRunDetail, resolve: Resolve): Records {
  const { run, tasks, records } = detail;
  const isComplete = isInterpreted(detail);
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
    if (task.taskId !== run.rootTaskId) parts.set(nameOf(ownerOf(found, detail)), task.state);
    for (const checkpoint of checkpoints)
      add(nameOf(checkpoint.name), toEntry(checkpoint, record?.values[checkpoint.name]));
    // A wait is no checkpoint; the interpreter notes it, others leave it to the engine.
    if (!isComplete)
      for (const wait of waits)
        add(`${nameOf(wait.stepName)}/waiting`, { at: Date.parse(wait.createdAt) });
  }
  const root = run.rootState ?? TASK_STATES.find((state) => state === run.status) ?? null;
  return { entries, parts, root, now: Date.parse(detail.now), isComplete };
}

function toEntry({ updatedAt, state }: Checkpoint, recorded: RecordedValue | undefined): Entry {
  const { failure, ...rest } = recorded ?? {};
  const value: Json | undefined =
    failure ?? (state?.text === undefined ? undefined : readValue(state.text));
  return { at: Date.parse(updatedAt), value, ...rest };
}

/** Large numbers stay the text they were: nothing here computes with them. */
function readValue(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return parseExactly(text) ? text : undefined;
  }
}
