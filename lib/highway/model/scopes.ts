import { isLoop, type Operator, type Workflow } from "./workflow.ts";

/** Operators that see each other: the top level, the body of a loop, or one branch. Those of deeper loops are theirs. */
export type Scope = {
  /** `""`, `each_order`, `renditions.hd`, and so on inward: `each_order/route.left`. */
  path: string;
  /** Own operators by id, in their order. */
  operators: ReadonlyMap<string, Operator>;
  /** Where it begins when that is said; else wherever nothing precedes. */
  start: string | null;
  /** The scope around it, where handlers are looked up next. */
  outer: Scope | null;
};

/** The outermost scope. Operators that are listed in the body of a loop belong to that loop. */
export function topScope(workflow: Workflow): Scope {
  return {
    path: "",
    operators: withoutBodies(Object.values(workflow.tasks)),
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

/** The scopes of a parallel's branches, where they are workflows of their own. */
export function branchScopes(parallel: Operator, outer: Scope): { name: string; scope: Scope }[] {
  if (parallel.operator_type !== "parallel") return [];
  return Object.entries(parallel.branch_workflows).map(([name, workflow]) => ({
    name,
    scope: {
      ...topScope(workflow),
      path: branchPath(pathIn(outer, parallel.task_id), name),
      outer,
    },
  }));
}

/** The scopes directly inside of an operator. */
export function innerScopes(operator: Operator, outer: Scope): Scope[] {
  if (isLoop(operator)) return [bodyScope(operator, outer)];
  return branchScopes(operator, outer).map(({ scope }) => scope);
}

/** Members of the older kind of branch: tasks beside the parallel, named in it, by branch. */
export function sharedBranches(
  parallel: Operator,
  scope: Scope,
): { name: string; ids: string[] }[] {
  if (parallel.operator_type !== "parallel") return [];
  return Object.entries(parallel.branches)
    .filter(([name]) => !Object.hasOwn(parallel.branch_workflows, name))
    .map(([name, ids]) => ({ name, ids: ids.filter((id) => scope.operators.has(id)) }));
}

/** The path of an operator in a scope. No two operators of a workflow share one. */
export function pathIn(scope: Pick<Scope, "path">, id: string): string {
  return scope.path === "" ? escapeSegment(id) : `${scope.path}/${escapeSegment(id)}`;
}

/** The path of a branch of the parallel at `path`. */
export function branchPath(path: string, branch: string): string {
  return `${path}.${escapeSegment(branch)}`;
}

/** Ids may be any text; what separates the parts of a path is percent-encoded in them. */
function escapeSegment(id: string): string {
  return id.replace(/[%/.[\]#$@~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The scope, this one or one around it, in which an id is known. */
export function findScope(scope: Scope | null, id: string): Scope | null {
  if (scope === null || scope.operators.has(id)) return scope;
  return findScope(scope.outer, id);
}

/** The scope of a path, anywhere inside of this one. */
export function scopeAt(scope: Scope, path: string): Scope | undefined {
  if (scope.path === path) return scope;
  for (const operator of scope.operators.values())
    for (const inner of innerScopes(operator, scope)) {
      const found = scopeAt(inner, path);
      if (found) return found;
    }
  return undefined;
}

/** The operator of this scope that is named, or has what is named inside of it. */
export function findContaining(scope: Scope, id: string): string | undefined {
  if (scope.operators.has(id)) return id;
  let containing = contents.get(scope);
  if (!containing) {
    containing = new Map(
      [...scope.operators.values()].flatMap((operator) =>
        innerScopes(operator, scope).flatMap((inner) =>
          listAllIds(inner).map((one): [string, string] => [one, operator.task_id]),
        ),
      ),
    );
    contents.set(scope, containing);
  }
  return containing.get(id);
}

const contents = new WeakMap<Scope, Map<string, string>>();

function listAllIds(scope: Scope): string[] {
  return [...scope.operators.values()].flatMap((operator) => [
    operator.task_id,
    ...innerScopes(operator, scope).flatMap(listAllIds),
  ]);
}

function withoutBodies(operators: Operator[]): Map<string, Operator> {
  const inner = new Set(
    operators.flatMap((one) =>
      // A loop named in its own body would vanish with it.
      isLoop(one)
        ? one.loop_body.map(({ task_id }) => task_id).filter((id) => id !== one.task_id)
        : [],
    ),
  );
  return new Map(
    operators.filter(({ task_id }) => !inner.has(task_id)).map((one) => [one.task_id, one]),
  );
}
