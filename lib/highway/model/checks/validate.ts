import { type Pausing, workAtOnce } from "../../../model/work/turns.ts";
import { listEntries } from "../../language/key-order.ts";
import { decodeInTurns } from "../decode-workflow.ts";
import { isMapping, Place } from "../fields.ts";
import { joinPath, type Problem } from "../problem.ts";
import { listScopes } from "../scopes.ts";
import type { Workflow } from "../workflow.ts";
import { checkHead, checkIdentity } from "./check-head.ts";
import { checkOperator } from "./check-operator.ts";
import { checkHandlerRings, checkOrder } from "./check-order.ts";
import { checkReferences } from "./check-references.ts";
import { checkRounds } from "./check-rounds.ts";
import { checkSkips } from "./check-skips.ts";
import { checkTemplates } from "./check-templates.ts";

/** All errors and warnings of a value that should be a workflow. Never throws. */
export function validateWorkflow(value: unknown): Problem[] {
  return decodeAndCheck(value).problems;
}

/**
 * Decodes a workflow and checks it. A workflow with only semantic problems, such as an unknown dependency, can be
 * converted and drawn; with errors it must not be stored or run.
 */
export function decodeAndCheck(value: unknown): CheckedWorkflow {
  return workAtOnce(checkInTurns(value));
}

export type CheckedWorkflow = { workflow?: Workflow; problems: Problem[] };

/** Like `decodeAndCheck`, with pauses. */
export function* checkInTurns(value: unknown): Pausing<CheckedWorkflow> {
  const { workflow, problems } = yield* decodeInTurns(value);
  if (!workflow) {
    if (isMapping(value)) checkIdentity(value, new Place("", problems));
    return { problems };
  }
  yield;
  const found = yield* checkMeaning(workflow);
  return { workflow, problems: [...problems, ...found] };
}

/** Problems of a workflow as a whole that keep the Python package from loading it, by path. */
const UNLOADABLE: ReadonlySet<string> = new Set(["name", "version", "deadline_seconds"]);

/** Whether a document with these problems can be converted and drawn. Validation is stricter. */
export function canConvert(problems: readonly Problem[]): boolean {
  return !problems.some(({ path, severity }) => severity === "error" && UNLOADABLE.has(path));
}

function* checkMeaning(workflow: Workflow): Pausing<Problem[]> {
  const problems: Problem[] = [];
  const scopes = listScopes(workflow);
  for (const located of scopes) {
    if (located.workflow) checkDocument(located.workflow.value, located.workflow.path, problems);
    for (const [id, operator] of located.scope.operators) {
      const path = located.locate(id);
      const place = new Place(path, problems);
      checkId(id, place.member("task_id"));
      checkOperator(operator, place);
      checkTemplates(operator, path, problems);
      yield;
    }
    checkReferences(located, problems);
    yield;
    yield* checkOrder(located, problems);
    yield;
    checkSkips(located, problems);
  }
  yield;
  yield* checkHandlerRings(scopes, problems);
  yield;
  checkRounds(scopes, problems);
  return problems;
}

function checkDocument(workflow: Workflow, path: string, problems: Problem[]): void {
  const place = new Place(path, problems);
  checkHead(workflow, place, path !== "");
  if (workflow.start_task !== null && !Object.hasOwn(workflow.tasks, workflow.start_task))
    place
      .member("start_task")
      .error("unknown_target", `Start task '${workflow.start_task}' does not exist`);
  for (const [key, { task_id }] of listEntries(workflow.tasks))
    if (key !== task_id)
      new Place(joinPath(joinPath(path, "tasks"), key), problems)
        .member("task_id")
        .error(
          "task_id_mismatch",
          `The key is '${key}', but the task_id is '${task_id}'`,
          "make key and task_id the same",
        );
}

function checkId(id: string, place: Place): void {
  if (id === "") place.error("task_id_format", "must not be empty");
  else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id))
    place.warn(
      "task_id_format",
      `'${id}' has characters that diagrams cannot show`,
      "use letters, digits and underscores",
    );
}
