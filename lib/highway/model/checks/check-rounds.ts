import type { TemplatePath } from "../../language/template.ts";
import { Place } from "../fields.ts";
import type { Problem } from "../problem.ts";
import { innerScopes, type LocatedScope, type Scope } from "../scopes.ts";
import { type EventOperator, listEventPaths } from "./check-operator.ts";

/**
 * Reports events of a loop whose names are the same in all rounds: only the first emit of a name takes effect, so
 * a later round emits nothing, or continues on the event of an earlier round.
 */
export function checkRounds(located: readonly LocatedScope[], problems: Problem[]): void {
  const bodies = new Set(located.flatMap(({ scope, workflow }) => (workflow ? [] : [scope.path])));
  for (const { scope, locate } of located) {
    const body = findBody(scope, bodies);
    if (!body) continue;
    const names = new Set(["item", "index", ...listOwnNames(body)]);
    for (const [id, operator] of scope.operators) {
      if (operator.operator_type !== "emit_event" && operator.operator_type !== "wait_for_event")
        continue;
      if (!isSameInEveryRound(operator, names)) continue;
      const verb = operator.operator_type === "emit_event" ? "emits" : "awaits";
      new Place(locate(id), problems)
        .member("event_name")
        .warn(
          "repeated_event_name",
          `Every round ${verb} the same event '${operator.event_name}': the first emission wins, and later rounds continue with it at once`,
          `put the round into it, such as "${operator.event_name}:{{ index }}"`,
        );
    }
  }
}

/** Names without any template are reported for the whole workflow. */
function isSameInEveryRound(operator: EventOperator, names: ReadonlySet<string>): boolean {
  const paths = listEventPaths(operator);
  return paths.length > 0 && !paths.some(([first]: TemplatePath) => names.has(String(first)));
}

/** The scope of the innermost loop around a scope. */
function findBody(scope: Scope, bodies: ReadonlySet<string>): Scope | undefined {
  for (let at: Scope | null = scope; at; at = at.outer) if (bodies.has(at.path)) return at;
  return undefined;
}

function listOwnNames(scope: Scope): string[] {
  return [...scope.operators.values()].flatMap((operator) => [
    operator.task_id,
    ...(operator.result_key === null ? [] : [operator.result_key]),
    ...innerScopes(operator, scope).flatMap(listOwnNames),
  ]);
}
