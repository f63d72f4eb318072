import * as f from "./fields.ts";
import { BASE, HEAD, ownFields, retryPolicy } from "./operator-fields.ts";
import type { Problem } from "./problem.ts";
import { isOperatorType, OPERATOR_TYPES } from "./vocabulary.ts";
import type { Operator, Workflow } from "./workflow.ts";

/** Deeper documents are refused before reading them could exhaust the stack. */
const MAX_DEPTH = 100;

const OWN = ownFields(readBodyOperator, readNested);

/**
 * The workflow in a value of any kind, as from JSON or YAML: defaults filled in, durations and instants in their
 * normal form, unknown fields kept. There is none when a value has the wrong type or is missing; `problems` say where.
 * An operator of an unknown kind is kept as it is, and is a problem. Never throws.
 */
export function readWorkflow(value: unknown): { workflow?: Workflow; problems: Problem[] } {
  const problems: Problem[] = [];
  const place = new f.Place("", problems);
  if (isTooDeep(value, MAX_DEPTH)) {
    place.error("too_deep", `is nested more than ${MAX_DEPTH} levels deep, or contains itself`);
    return { problems };
  }
  const workflow = readNested(value, place);
  const isBroken = problems.some(({ code }) => code === f.SHAPE || code === f.MISSING);
  return isBroken ? { problems } : { workflow, problems };
}

function readNested(value: unknown, place: f.Place): Workflow {
  if (!f.isMapping(value)) {
    const hint = "write `name: …` and `tasks: …`";
    place.error(f.SHAPE, `a workflow must be a mapping, but is ${f.describeType(value)}`, hint);
    return f.readFields(WORKFLOW, {}, new f.Place("", []));
  }
  return f.readFields(WORKFLOW, value, place);
}

const WORKFLOW: f.Fields<Workflow> = {
  name: f.text,
  version: f.orElse(f.text, () => "2.0.0"),
  description: f.orElse(f.text, () => ""),
  tasks: f.orElse(readTasks, () => ({})),
  variables: f.orElse(f.mapping(f.json), () => ({})),
  start_task: f.nullable(f.text),
  schedule: f.nullable(f.text),
  start_date: f.nullable(f.instant),
  catchup: f.orElse(f.boolean, () => false),
  is_paused: f.orElse(f.boolean, () => false),
  tags: f.orElse(f.list(f.text), () => []),
  max_active_runs: f.orElse(f.integer, () => 1),
  default_retry_policy: f.nullable(retryPolicy),
};

function readTasks(value: unknown, place: f.Place): Record<string, Operator> {
  const tasks = f.mapping(f.json)(value, place);
  const operators = Object.entries(tasks).map(([id, task]) => {
    const at = place.member(id);
    if (!f.isMapping(task)) return [id, readOperator(task, at)];
    if (Object.hasOwn(task, "task_id")) return [id, readOperator(task, at)];
    at.warn("task_id_missing", "has no task_id; its key is taken", `add task_id: ${id}`);
    return [id, readOperator({ task_id: id, ...task }, at)];
  });
  return Object.fromEntries(operators);
}

function readBodyOperator(value: unknown, place: f.Place): Operator {
  const isBareTask =
    f.isMapping(value) && !Object.hasOwn(value, "operator_type") && "function" in value;
  return readOperator(isBareTask ? { ...value, operator_type: "task" } : value, place);
}

function readOperator(value: unknown, place: f.Place): Operator {
  if (!f.isMapping(value)) {
    place.error(f.SHAPE, `a task must be a mapping, but is ${f.describeType(value)}`);
    return readOperator({}, new f.Place("", []));
  }
  const type = value.operator_type;
  if (!isOperatorType(type)) reportType(type, place.member("operator_type"));
  const operatorType = { operator_type: (kind: unknown) => kind };
  const own = isOperatorType(type) ? OWN[type] : {};
  const fields = { ...HEAD, ...operatorType, ...BASE, ...own } as f.Fields<Operator>;
  return f.readFields(fields, value, place);
}

/** The words are those of the original, which had no operator to keep. */
function reportType(type: unknown, place: f.Place): void {
  const isText = typeof type === "string";
  place.error(
    isText ? "unknown_operator" : type === undefined ? f.MISSING : f.SHAPE,
    `Unknown operator type: ${isText ? type : type === undefined ? "None" : f.describeType(type)}`,
    `use one of ${OPERATOR_TYPES.join(", ")}`,
  );
}

/** Visits each object once, however often it is shared; one that contains itself is too deep. */
function isTooDeep(value: unknown, levels: number, seen = new Map<object, number>()): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  // Seen with as many levels left or fewer: nothing new can come of it.
  if ((seen.get(value) ?? Number.POSITIVE_INFINITY) <= levels) return false;
  seen.set(value, levels);
  return Object.values(value).some((member) => isTooDeep(member, levels - 1, seen));
}
