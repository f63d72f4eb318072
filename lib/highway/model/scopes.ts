import { listEntries, listValues } from "../language/key-order.ts";
import { joinPath } from "./problem.ts";
import { isBranching, isLoop, type Operator, type Workflow } from "./workflow.ts";

/**
 * Operators that see each other: the top level, the body of a loop, or one branch. Operators of a deeper loop
 * belong to that loop's scope.
 */
export type Scope = {
  /** `""`, `each_order`, `renditions.hd`, and so on for deeper scopes: `each_order/route.left`. */
  path: string;
  /** Own operators by id, in the order of the document. */
  operators: ReadonlyMap<string, Operator>;
  /** The task it starts with, if the document names one. */
  start: string | null;
  /** The surrounding scope, in which handlers are looked up next. */
  outer: Scope | null;
};

/** A scope, and where in the document its operators are. */
export type LocatedScope = {
  scope: Scope;
  /** The document's path of an operator of this scope. */
  locate: (id: string) => string;
  /** The branch or the whole document, for scopes that are a workflow. */
  workflow?: { value: Workflow; path: string };
};

/** The outermost scope. Operators that are listed in the body of a loop belong to that loop. */
export function topScope(workflow: Workflow): Scope {
  return {
    path: "",
    operators: withoutBodies(listValues(workflow.tasks)),
    start: workflow.start_task,
    outer: null,
  };
}

/** The scope of a loop's body. */
export function bodyScope(loop: Operator, outer: Scope): Scope {
  return {
    path: pathIn(outer, loop.task_id),
    operators: withoutBodies(isLoop(loop) ? loop.loop_body : []),
    start: null,
    outer,
  };
}

/** The scopes of the branches of a parallel or a choice, if they are separate workflows. */
export function branchScopes(operator: Operator, outer: Scope): { name: string; scope: Scope }[] {
  if (!isBranching(operator)) return [];
  return listEntries(operator.branch_workflows).map(([name, workflow]) => ({
    name,
    scope: {
      ...topScope(workflow),
      path: branchPath(pathIn(outer, operator.task_id), name),
      outer,
    },
  }));
}

/** The scopes directly inside an operator. */
export function innerScopes(operator: Operator, outer: Scope): Scope[] {
  if (isLoop(operator)) return [bodyScope(operator, outer)];
  return branchScopes(operator, outer).map(({ scope }) => scope);
}

/** All scopes of a workflow, outer ones first. */
export function listScopes(workflow: Workflow): LocatedScope[] {
  return withInner(locateTasks(topScope(workflow), workflow, ""));
}

function locateTasks(scope: Scope, value: Workflow, path: string): LocatedScope {
  const tasks = joinPath(path, "tasks");
  const keys = new Map(listEntries(value.tasks).map(([key, task]) => [task.task_id, key]));
  const locate = (id: string) => joinPath(tasks, keys.get(id) ?? id);
  return { scope, locate, workflow: { value, path } };
}

function withInner(located: LocatedScope): LocatedScope[] {
  const { scope, locate } = located;
  const inner = [...scope.operators.values()].flatMap((operator): LocatedScope[] => {
    const at = locate(operator.task_id);
    if (isLoop(operator)) {
      const body = joinPath(at, "loop_body");
      // The first of equal ids counts.
      const indexes = new Map(
        operator.loop_body.map(({ task_id }, index) => [task_id, index] as const).reverse(),
      );
      const locate = (id: string) => joinPath(body, indexes.get(id) ?? -1);
      return [{ scope: bodyScope(operator, scope), locate }];
    }
    if (!isBranching(operator)) return [];
    return branchScopes(operator, scope).flatMap((branch) => {
      const value = operator.branch_workflows[branch.name];
      const path = joinPath(joinPath(at, "branch_workflows"), branch.name);
      return value ? [locateTasks(branch.scope, value, path)] : [];
    });
  });
  return [located, ...inner.flatMap(withInner)];
}

/** Members of the older kind of branch, by branch: tasks next to the parallel whose ids it lists. */
export function sharedBranches(
  parallel: Operator,
  scope: Scope,
): { name: string; ids: string[] }[] {
  if (parallel.operator_type !== "parallel") return [];
  return listEntries(parallel.branches)
    .filter(([name]) => !Object.hasOwn(parallel.branch_workflows, name))
    .map(([name, ids]) => ({ name, ids: ids.filter((id) => scope.operators.has(id)) }));
}

/** The path of an operator in a scope, unique in the workflow. */
export function pathIn(scope: Pick<Scope, "path">, id: string): string {
  return scope.path === "" ? escapeSegment(id) : `${scope.path}/${escapeSegment(id)}`;
}

/** The path of a branch of the parallel at `path`. */
export function branchPath(path: string, branch: string): string {
  return `${path}.${escapeSegment(branch)}`;
}

/** Ids may be any text; the separators of paths are percent-encoded in them. */
function escapeSegment(id: string): string {
  return id.replace(/[%/.[\]#$@~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The innermost scope, from this one outward, that has an operator of this id. */
export function findScope(scope: Scope | null, id: string): Scope | null {
  if (scope === null || scope.operators.has(id)) return scope;
  return findScope(scope.outer, id);
}

/** The scope that an operator belongs to: an operator may name a handler of a surrounding scope. */
export function findHome(scope: Scope, operator: Operator): Scope {
  return findScope(scope, operator.task_id) ?? scope;
}

/** The scope with this path: this one or any inside it. */
export function scopeAt(scope: Scope, path: string): Scope | undefined {
  if (scope.path === path) return scope;
  for (const operator of scope.operators.values())
    for (const inner of innerScopes(operator, scope)) {
      const found = scopeAt(inner, path);
      if (found) return found;
    }
  return undefined;
}

/** The id of the operator of this scope that has this id, or contains an operator that does. */
export function findContaining(scope: Scope, id: string): string | undefined {
  if (scope.operators.has(id)) return id;
  let containing = contents.get(scope);
  if (!containing) {
    containing = new Map(
      [...scope.operators.values()].flatMap((operator) =>
        innerScopes(operator, scope).flatMap((inner) =>
          listIds(inner).map((one): [string, string] => [one, operator.task_id]),
        ),
      ),
    );
    contents.set(scope, containing);
  }
  return containing.get(id);
}

const contents = new WeakMap<Scope, Map<string, string>>();

/** The ids of the operators of a scope and of everything inside them. */
export function listIds(scope: Scope): string[] {
  return [...scope.operators.values()].flatMap((operator) => [
    operator.task_id,
    ...innerScopes(operator, scope).flatMap(listIds),
  ]);
}

function withoutBodies(operators: Operator[]): Map<string, Operator> {
  const inner = new Set(
    operators.flatMap((one) =>
      // A loop in its own body must not remove itself.
      isLoop(one)
        ? one.loop_body.map(({ task_id }) => task_id).filter((id) => id !== one.task_id)
        : [],
    ),
  );
  return new Map(
    operators.filter(({ task_id }) => !inner.has(task_id)).map((one) => [one.task_id, one]),
  );
}
