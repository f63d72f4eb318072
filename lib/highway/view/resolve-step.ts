import type { TaskDetail } from "../../model/task.ts";
import type { WorkflowRunDetail } from "../../model/workflow.ts";
import { labelStep } from "../../timeline/labels.ts";
import type { GraphNode } from "../graph/graph.ts";

/** Which operator a checkpoint or task belongs to. */
export type StepRef = {
  /** The path in the definition: `each_order/charge`. */
  path: string;
  /**
   * The path in the run, with the rounds of loops and later attempts of its surroundings: `each_order[2]/charge`.
   */
  instance: string;
  /**
   * `""` for the operator's own result; otherwise the kind of intermediate record: `failed`, `attempt/2`, `round`,
   * …
   */
  note: string;
};

export type Resolve = (name: string) => StepRef | undefined;

/** The interpreter's notes after the path of a loop; an operator inside is preceded by the number of a round. */
const NOTES = new Set([
  "failed",
  "items",
  "tasks",
  "inner",
  "deadline",
  "wait_until",
  "overdue",
  "pre",
  "post",
  "chosen",
]);

/**
 * Resolves names of checkpoints and tasks. The interpreter names them by the operator's path, with the round of
 * each loop in brackets, later attempts after a tilde, what a handler handles after an at sign, and any other note
 * at the end: `each_order[2]/charge/failed`. Other programs use the bare id, or the display name
 * `workflow__version__step`, and the SDK counts repetitions with `#2`; an id that occurs twice in the workflow
 * then refers to nothing.
 */
export function createResolver(nodes: readonly GraphNode[]): Resolve {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const byId = new Map<string, GraphNode | null>();
  for (const node of nodes) byId.set(node.id, byId.has(node.id) ? null : node);

  function read(name: string): StepRef | undefined {
    for (let at = name; at !== ""; at = getParent(at)) {
      const path = at.replace(/\[\d+\]|~\d+|@[^/.[~@]*/g, "");
      const found = byPath.get(path);
      if (!found) continue;
      const rest = name.slice(at.length);
      if (at === name && !at.includes("[") && NOTES.has(found.id) && byPath.has(found.scope))
        return { path: found.scope, instance: found.scope, note: found.id };
      // A handler of an outer scope runs where it is needed.
      const handler = byId.get(/^\/([^/.[~@]+)/.exec(rest)?.[1] ?? "");
      if (handler?.isHandler)
        return { path: handler.path, instance: `${at}/${handler.id}`, note: parseNote(rest) };
      if (at.endsWith("]")) return { path, instance: at.replace(/\[\d+\]$/, ""), note: "round" };
      return { path, instance: at.replace(/~\d+$/, ""), note: rest.replace(/^[/.]/, "") };
    }
    return undefined;
  }

  return (name) => {
    const label = labelStep(name);
    const found = read(label);
    if (found) return found;
    const [, whole = label, repetition] = /^(.*?)(?:#(\d+))?$/s.exec(label) ?? [];
    const node = byId.get(whole) ?? byId.get(whole.split("__").at(-1) ?? "");
    if (!node) return read(whole);
    const round = repetition === undefined ? 0 : Number(repetition) - 1;
    const parent = node.inLoop ? `${node.scope}[${round}]/` : "";
    const instance = parent ? `${parent}${node.path.slice(node.scope.length + 1)}` : node.path;
    return { path: node.path, instance, note: "" };
  };
}

function parseNote(rest: string): string {
  return rest.split("/").slice(2).join("/");
}

/** The path without its last part. */
function getParent(name: string): string {
  return name.slice(0, Math.max(name.search(/[/.@#$~[][^/.@#$~[]*$/), 0));
}

/** Whether an entry of the interpreter is the deadline of the whole run. */
export function isDeadlineEntry(name: string): boolean {
  return name === "run/deadline" || name === "%run/deadline";
}

/**
 * The operator that a task executes, by its recorded path, its key in the interpreter's format, or its name.
 */
export function findOwner(
  { task }: TaskDetail,
  { run, records }: Pick<WorkflowRunDetail, "run" | "records">,
): string {
  const recorded = records[task.taskId]?.path;
  const [key, start] = [task.idempotencyKey, `${run.workflowRunId}:`];
  return recorded ?? (key?.startsWith(start) ? key.slice(start.length) : task.name);
}
