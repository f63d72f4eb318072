import { Place } from "../fields.ts";
import type { Problem } from "../problem.ts";
import { listSuccessors, reachableFrom, startOf, targetsIn } from "../reach.ts";
import { findScope } from "../scopes.ts";
import type { LocatedScope } from "../visit.ts";

/** Reports what one scope can never get to, or gets to when nobody asked. */
export function checkOrder({ scope, locate }: LocatedScope, problems: Problem[]): void {
  const successors = listSuccessors(scope);
  for (const [id, operator] of scope.operators)
    if (operator.operator_type === "join")
      for (const member of operator.join_tasks) successors.get(member)?.add(id);
  const operators = [...scope.operators.values()];
  const handlers = new Set(
    operators.flatMap((one) => [one.on_success_task_id, one.on_failure_task_id]),
  );
  const targets = new Set(
    operators.flatMap((one) => targetsIn(scope, one).map(({ target }) => target)),
  );
  const start = startOf(scope);
  for (const [id, operator] of scope.operators) {
    const place = new Place(locate(id), problems);
    if (!operator.dependencies.includes(id) && reachableFrom(id, successors).has(id))
      place.error(
        "cycle",
        `Task '${id}' comes after itself`,
        "remove one of the dependencies, targets or joins on the way round",
      );
    const isRoot = operator.dependencies.length === 0;
    if (isRoot && id !== start && !handlers.has(id) && !targets.has(id))
      place.warn(
        "orphan_root",
        `Task '${id}' depends on nothing, so it starts at once beside '${start}'`,
        "add dependencies, or leave it so if that is meant",
      );
    if (!isRoot && handlers.has(id))
      place
        .member("dependencies")
        .warn(
          "handler_has_dependencies",
          `Task '${id}' is a handler and has dependencies; only what it handles starts it`,
          "remove the dependencies",
        );
    if (scope.outer && findScope(scope.outer, id))
      place
        .member("task_id")
        .error(
          "duplicate_task_id",
          `Task '${id}' exists further out, too`,
          "give one of them another id",
        );
  }
}
