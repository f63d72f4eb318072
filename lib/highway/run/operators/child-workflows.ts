import { createHash } from "node:crypto";
import type { Queryable } from "../../../absurd/connection/queryable.ts";
import { WorkflowRunEndedError, WorkflowTableMissingError } from "../../../absurd/errors.ts";
import { getWorkflowRun } from "../../../absurd/workflow-runs/workflow-runs.ts";
import type { Uuid } from "../../../model/ids.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import { parseWorkflow } from "../../language/parse.ts";
import { fillTemplates } from "../../language/template.ts";
import { attemptPath } from "../../machine/entry-names.ts";
import { parseFailure } from "../../machine/observe.ts";
import type { Failure } from "../../machine/states.ts";
import { listMissingInputs } from "../../model/inputs.ts";
import type { ChildWorkflowOperator } from "../../model/workflow.ts";
import { cancelWorkflowRun, childEvent } from "../cancel.ts";
import { instantAfter } from "../clock.ts";
import {
  blockedBy,
  completed,
  evaluate,
  failed,
  failedWith,
  OperatorError,
  type Outcome,
} from "../outcome.ts";
import type { Place, Run } from "../run.ts";
import { InvalidWorkflowError, startWorkflow } from "../start.ts";
import { findDefinition } from "../store.ts";

/** The maximum depth of nested child workflows. */
const MAX_DEPTH = 20;

/** A child as its parent records it. */
type Child = { workflow_run_id: Uuid; task_id: Uuid; definition_id: Uuid; version: string };

type ChildEnd = { status: string; result: Json; error: Failure | null };

/**
 * Runs each child as a separate workflow run and waits for all of them. The value is `{name: {status, result}}`.
 * If some child does not complete, the operator fails after all have ended; another attempt repeats only those
 * children.
 */
export async function runChildWorkflows(
  run: Run,
  operator: ChildWorkflowOperator,
  place: Place,
  attempt: number,
): Promise<Outcome> {
  const { journal } = run;
  const known = journal.get(place.attempt);
  if (known !== undefined) return completed(known);
  const done = listCompleted(run, operator, place.path, attempt);
  const children = await startChildren(run, operator, place, done);
  const deadline = await recordDeadline(run, operator, place.attempt);
  const ends = new Map(done);
  const open: [name: string, child: Child][] = [];
  for (const [name, child] of Object.entries(children)) {
    const end = parseEnd(journal.get(`${place.attempt}/child/${name}`), child);
    if (end) ends.set(name, end);
    else open.push([name, child]);
  }
  const [next] = open;
  if (next) {
    const [name, child] = next;
    if (deadline && deadline <= run.now) {
      for (const [, { workflow_run_id }] of open)
        await cancelChild(journal.execution.db, journal.execution.queue, workflow_run_id);
      return failed(new OperatorError("TimeoutError", `Child workflow '${name}' took too long.`));
    }
    const wait = blockedBy({
      kind: "event",
      event: childEvent(child.workflow_run_id),
      step: `${place.attempt}/child/${name}`,
      deadline: null,
      timedOut: `${place.attempt}/timed_out`,
      child: child.task_id,
    });
    return deadline ? blockedBy(...wait.waits, { kind: "timer", at: deadline }) : wait;
  }
  return conclude(run, operator, place.attempt, ends);
}

async function conclude(
  run: Run,
  operator: ChildWorkflowOperator,
  attempt: string,
  ends: ReadonlyMap<string, ChildEnd>,
): Promise<Outcome> {
  const all = Object.keys(operator.children).flatMap((name): [string, ChildEnd][] => {
    const end = ends.get(name);
    return end ? [[name, end]] : [];
  });
  const bad = all.filter(([, { status }]) => status !== "completed");
  if (bad.length > 0) {
    const sentences = bad.map(
      ([name, { status, error }]) => `'${name}' ${status}${error ? `: ${error.message}` : ""}`,
    );
    const children = Object.fromEntries(
      bad.map(([name, { status, error }]) => [name, { status, error }]),
    );
    const message = `Child workflow ${sentences.join("; ")}`;
    return failedWith({ type: "ChildFailed", message, children });
  }
  const value = Object.fromEntries(
    all.map(([name, { status, result }]) => [name, { status, result }]),
  );
  return completed(await run.journal.once(attempt, () => value));
}

/** The children that completed in an earlier attempt. */
function listCompleted(
  { journal }: Run,
  operator: ChildWorkflowOperator,
  path: string,
  attempt: number,
): [name: string, end: ChildEnd][] {
  return Object.keys(operator.children).flatMap((name): [string, ChildEnd][] => {
    for (let earlier = 1; earlier < attempt; earlier++) {
      const end = parseEnd(journal.get(`${attemptPath(path, earlier)}/child/${name}`));
      if (end?.status === "completed") return [[name, end]];
    }
    return [];
  });
}

/** Starts the children that have not completed yet, together with the entry that records it: all or none. */
async function startChildren(
  run: Run,
  operator: ChildWorkflowOperator,
  place: Place,
  done: readonly (readonly [name: string, end: ChildEnd])[],
): Promise<Record<string, Child>> {
  const entry = `${place.attempt}/children`;
  const known = run.journal.get(entry);
  if (known !== undefined) return known as Record<string, Child>;
  const names = Object.keys(operator.children).filter(
    (name) => !done.some(([completedName]) => completedName === name),
  );
  const depth = Number(run.headers.highway_depth ?? 0) + 1;
  if (depth > MAX_DEPTH)
    throw new OperatorError("TooDeep", `Child workflows are nested more than ${MAX_DEPTH} deep.`);
  try {
    const made = await run.journal.transact(async (tx) => {
      const children: Record<string, Child> = {};
      for (const name of names)
        children[name] = await startChild(tx, run, operator.children[name] ?? {}, {
          key: `${run.workflowRunId}:${place.attempt}:${name}`,
          place,
          depth,
        });
      return { [entry]: children };
    });
    return made[entry] ?? {};
  } catch (error) {
    if (error instanceof WorkflowTableMissingError)
      throw new OperatorError("NoWorkflowTables", `Child workflows need tables: ${error.message}`);
    if (error instanceof InvalidWorkflowError)
      throw new OperatorError("InvalidWorkflow", error.message);
    throw error;
  }
}

async function startChild(
  tx: Queryable,
  run: Run,
  spec: JsonObject,
  { key, place, depth }: { key: string; place: Place; depth: number },
): Promise<Child> {
  const name = String(spec.workflow_name ?? "");
  const parent = await getWorkflowRun(tx, run.workflowRunId);
  const tenantId = parent?.tenantId ?? String(run.headers.tenant_id ?? "default");
  const version = typeof spec.version === "string" ? spec.version : null;
  const found = await findDefinition(tx, { name, version, tenantId });
  if (!found)
    throw new OperatorError("UnknownWorkflow", `No workflow '${name}' is stored and not paused.`);
  const { workflow } = parseWorkflow(found.text, { format: "json" });
  if (!workflow) throw new OperatorError("InvalidWorkflow", `Workflow '${name}' is not valid.`);
  const inputs = evaluate(() => fillTemplates(spec.inputs ?? {}, place.context.lookup));
  const missing = listMissingInputs(workflow, inputs as JsonObject);
  if (missing.length > 0)
    throw new OperatorError("MissingInputs", `'${name}' needs inputs: ${missing.join(", ")}.`);
  const { workflowRunId, taskId } = await startWorkflow(tx, run.journal.execution.queue, workflow, {
    workflowRunId: toUuid(key),
    ...(parent && { parentWorkflowRunId: run.workflowRunId }),
    ...(parent?.createdBy != null && { createdBy: parent.createdBy }),
    ...(parent?.tenantId !== undefined && { tenantId: parent.tenantId }),
    definitionId: found.definitionId,
    inputs: inputs as JsonObject,
    headers: { highway_depth: depth },
    recovery: run.recovery,
  });
  const { definitionId, version: startedVersion } = found;
  return {
    workflow_run_id: workflowRunId,
    task_id: taskId,
    definition_id: definitionId,
    version: startedVersion,
  };
}

/** An id derived from a key, so that a repeated start finds the run of the first one. */
function toUuid(key: string): Uuid {
  const hex = createHash("sha256").update(key).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

async function recordDeadline(
  run: Run,
  { timeout_seconds: seconds }: ChildWorkflowOperator,
  attempt: string,
): Promise<Date | null> {
  if (seconds === null) return null;
  const at = await run.journal.once(`${attempt}/deadline`, async () =>
    instantAfter(await run.readClock(), seconds),
  );
  return new Date(String(at));
}

/** A child that has already ended is not changed. */
async function cancelChild(db: Queryable, queue: string, workflowRunId: Uuid): Promise<void> {
  try {
    await cancelWorkflowRun(db, queue, workflowRunId);
  } catch (error) {
    if (!(error instanceof WorkflowRunEndedError)) throw error;
  }
}

/** Anyone can emit the event of a child; a payload that does not describe an end counts as a failure. */
function parseEnd(entry: Json | undefined, child?: Child): ChildEnd | undefined {
  if (entry === undefined) return undefined;
  const { status, result = null, error = null } = (entry ?? {}) as JsonObject;
  if (status === "completed") return { status, result, error: null };
  if (status === "failed" || status === "cancelled")
    return { status, result, error: parseFailure(error) };
  const event = child ? childEvent(child.workflow_run_id) : "";
  const message = `The event '${event}' was not emitted by the child: its payload does not describe an end.`;
  return { status: "failed", result: null, error: { type: "ForeignEvent", message } };
}
