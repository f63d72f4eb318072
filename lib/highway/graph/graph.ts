import { type Pausing, workAtOnce } from "../../model/work/turns.ts";
import {
  behindIn,
  dependenciesIn,
  findStart,
  reducedDependencies,
  targetsIn,
} from "../model/reach.ts";
import {
  bodyScope,
  branchPath,
  branchScopes,
  findScope,
  pathIn,
  type Scope,
  sharedBranches,
  topScope,
} from "../model/scopes.ts";
import { isLoop, type Operator, type Workflow } from "../model/workflow.ts";
import { formatLabel } from "./labels.ts";

export type GraphNode = {
  /** Unique in the workflow, and the name of the operator's checkpoint outside loops: `renditions.hd/upload`. */
  path: string;
  /** The task id. */
  id: string;
  /** The operator's type, as written. */
  type: string;
  label: string;
  /** The path of the group that contains it; `""` is the top level. */
  scope: string;
  inLoop: boolean;
  inBranch: boolean;
  isStart: boolean;
  /** Whether it runs only after another operator succeeds or fails. */
  isHandler: boolean;
  hasBreaker: boolean;
  hasGuards: boolean;
};

/**
 * A box around nodes. Loops, parallels and choices are nodes and, unless they are empty, also groups of the same
 * path.
 */
export type GraphGroup = {
  path: string;
  kind: "loop" | "parallel" | "choice" | "branch";
  label: string;
  /** For a branch of a choice: the expression that chooses it. */
  condition?: string;
  /** The path of the group around it; `""` is the top level. */
  parent: string;
};

export type EdgeKind =
  | "dependency"
  | "true"
  | "false"
  | "case"
  | "default"
  | "success"
  | "failure"
  | "join";

export type GraphEdge = { from: string; to: string; kind: EdgeKind; label?: string };

/**
 * A workflow for drawing. Both ends of an edge are nodes of one scope, so that each scope can be laid out
 * separately.
 */
export type WorkflowGraph = { nodes: GraphNode[]; groups: GraphGroup[]; edges: GraphEdge[] };

/**
 * The graph of a workflow: one node for each operator, in the order of the document; groups for loops, parallels,
 * choices and branches, outer ones first; edges without repetitions. An edge is omitted if a labelled edge joins
 * the same nodes or the region of a router implies it. An edge that crosses the border of a group starts or ends
 * at the group. Unknown ids have no edges. Works on any decoded workflow, valid or not.
 */
export function buildGraph(workflow: Workflow): WorkflowGraph {
  return workAtOnce(buildGraphInTurns(workflow));
}

/** Like `buildGraph`, with pauses. */
export function* buildGraphInTurns(workflow: Workflow): Pausing<WorkflowGraph> {
  const pen = new GraphPen();
  yield* pen.addScope(topScope(workflow), { inLoop: false, inBranch: false });
  return yield* pen.finish();
}

type Surroundings = { inLoop: boolean; inBranch: boolean };
type Draft = { from: string; to: string; kind: EdgeKind; label?: string };

/** In a scope with more operators, redundant edges are kept: it is listed instead of drawn. */
const MOST_REDUCED = 400;
/** The number of edges between two pauses. */
const STRETCH = 1_000;
/** Parallels that list each other's tasks are not nested more deeply. */
const MOST_LEVELS = 20;

class GraphPen {
  private readonly nodes: GraphNode[] = [];
  private readonly groups: GraphGroup[] = [];
  private readonly drafts: Draft[] = [];
  private readonly handlers = new Set<string>();
  /** The group that contains each node and group. */
  private readonly containers = new Map<string, string>();

  *addScope(scope: Scope, around: Surroundings): Pausing<void> {
    const shared = sharedContainers(scope);
    yield;
    const start = findStart(scope);
    for (const [id, operator] of scope.operators) {
      const path = pathIn(scope, id);
      const container = shared.get(id) ?? scope.path;
      this.containers.set(path, container);
      this.nodes.push({
        path,
        id,
        type: operator.operator_type,
        label: formatLabel(operator),
        scope: container,
        inLoop: around.inLoop,
        inBranch: around.inBranch || shared.has(id),
        isStart: id === start,
        isHandler: false,
        hasBreaker: operator.circuit_breaker_policy !== null,
        hasGuards: operator.preconditions.length + operator.postconditions.length > 0,
      });
      yield* this.addGroups(operator, scope, path, container, around);
    }
    yield;
    yield* this.addEdges(scope);
  }

  private *addGroups(
    operator: Operator,
    scope: Scope,
    path: string,
    container: string,
    around: Surroundings,
  ): Pausing<void> {
    yield;
    if (isLoop(operator)) {
      const body = bodyScope(operator, scope);
      if (body.operators.size === 0) return;
      this.groups.push({ path, kind: "loop", label: formatLabel(operator), parent: container });
      yield* this.addScope(body, { ...around, inLoop: true });
      return;
    }
    const branches = branchScopes(operator, scope);
    const shared = sharedBranches(operator, scope).filter(({ ids }) => ids.length > 0);
    if (branches.length + shared.length === 0) return;
    const kind = operator.operator_type === "multi_choice" ? "choice" : "parallel";
    this.groups.push({ path, kind, label: formatLabel(operator), parent: container });
    for (const { name } of shared) this.addBranch(path, name);
    for (const branch of branches) {
      const condition =
        operator.operator_type === "multi_choice"
          ? operator.branches[branch.name]?.condition
          : undefined;
      this.addBranch(path, branch.name, condition);
      yield* this.addScope(branch.scope, { ...around, inBranch: true });
    }
  }

  private addBranch(parent: string, name: string, condition?: string): void {
    const path = branchPath(parent, name);
    this.groups.push({
      path,
      kind: "branch",
      label: name,
      ...(condition !== undefined && { condition }),
      parent,
    });
    this.containers.set(path, parent);
  }

  private *addEdges(scope: Scope): Pausing<void> {
    const behind = behindIn(scope);
    const members = new Map<string, string[]>();
    const isReduced = scope.operators.size <= MOST_REDUCED;
    for (const [id, operator] of scope.operators) {
      const path = pathIn(scope, id);
      const dependencies = isReduced
        ? reducedDependencies(scope, operator, behind)
        : dependenciesIn(scope, operator);
      for (const dependency of dependencies)
        this.draft(pathIn(scope, dependency), path, "dependency");
      for (const { target, label } of targetsIn(scope, operator))
        this.draft(path, pathIn(scope, target), targetKind(operator, label), label);
      this.addHandler(scope, path, operator.on_success_task_id, "success");
      this.addHandler(scope, path, operator.on_failure_task_id, "failure");
      if (operator.operator_type === "join")
        for (const member of operator.join_tasks)
          for (const from of findMember(scope, member, members)) this.draft(from, path, "join");
      yield;
    }
  }

  private addHandler(scope: Scope, from: string, id: string | null, kind: "success" | "failure") {
    const found = id === null ? null : findScope(scope, id);
    if (id === null || !found) return;
    this.handlers.add(pathIn(found, id));
    this.draft(from, pathIn(found, id), kind, `on ${kind}`);
  }

  private draft(from: string, to: string, kind: EdgeKind, label?: string): void {
    this.drafts.push({ from, to, kind, ...(label !== undefined && { label }) });
  }

  *finish(): Pausing<WorkflowGraph> {
    const parents = new Map(this.groups.map(({ path, parent }) => [path, parent]));
    const chainOf = (path: string) => {
      const chain = [path];
      let at = this.containers.get(path) ?? parents.get(path);
      for (; at !== undefined && at !== ""; at = this.containers.get(at) ?? parents.get(at))
        chain.push(at);
      return chain;
    };
    const nodes = this.nodes.map((node) => ({ ...node, isHandler: this.handlers.has(node.path) }));
    const isNode = new Set(nodes.map(({ path }) => path));
    const lifted: GraphEdge[] = [];
    for (const [count, edge] of this.drafts.entries()) {
      if (count % STRETCH === 0) yield;
      const ends = liftToOneScope(chainOf(edge.from), chainOf(edge.to));
      if (ends && isNode.has(ends.from) && isNode.has(ends.to)) lifted.push({ ...edge, ...ends });
    }
    const depth = ({ path }: GraphGroup) => chainOf(path).length;
    const groups = this.groups.toSorted((a, b) => depth(a) - depth(b));
    return { nodes, groups, edges: yield* withoutRepetitions(lifted) };
  }
}

function targetKind(operator: Operator, label: string): EdgeKind {
  if (operator.operator_type === "condition") return label === "true" ? "true" : "false";
  return operator.operator_type === "switch" && operator.default !== null && label === "default"
    ? "default"
    : "case";
}

/** Members of the older kind of branch are in the group of their branch. */
function sharedContainers(scope: Scope): Map<string, string> {
  const containers = new Map<string, string>();
  const owners = new Map<string, string>();
  const isInside = (id: string, member: string): boolean => {
    let levels = 0;
    for (let at: string | undefined = id; at !== undefined; at = owners.get(at))
      if (at === member || ++levels > MOST_LEVELS) return true;
    return false;
  };
  for (const [id, operator] of scope.operators)
    for (const { name, ids } of sharedBranches(operator, scope))
      for (const member of ids) {
        // The first parallel that lists a task contains it, and two that list each other do not nest.
        if (owners.has(member) || isInside(id, member)) continue;
        owners.set(member, id);
        containers.set(member, branchPath(pathIn(scope, id), name));
      }
  return containers;
}

/**
 * A member of a join is looked up in the join's scope, then in the branches of that scope.
 *
 * @param members the paths of the operators in the branches, filled on first use.
 */
function findMember(scope: Scope, id: string, members: Map<string, string[]>): string[] {
  if (scope.operators.has(id)) return [pathIn(scope, id)];
  if (members.size === 0) {
    for (const [member, path] of listBranchMembers(scope)) {
      const paths = members.get(member) ?? [];
      paths.push(path);
      members.set(member, paths);
    }
    // The branches are listed once, even if there are none.
    if (members.size === 0) members.set("", []);
  }
  return members.get(id) ?? [];
}

/**
 * The ids and paths of the operators in a scope's branches; for an id that occurs again further inside, only the outer
 * one.
 */
function listBranchMembers(scope: Scope): [id: string, path: string][] {
  return [...scope.operators.values()]
    .flatMap((operator) => branchScopes(operator, scope))
    .flatMap((branch): [string, string][] => [
      ...[...branch.scope.operators.keys()].map((id): [string, string] => [
        id,
        pathIn(branch.scope, id),
      ]),
      ...listBranchMembers(branch.scope).filter(([id]) => !branch.scope.operators.has(id)),
    ]);
}

/** The two ends, or groups around them, that are in one scope; `null` if one contains the other. */
function liftToOneScope(fromChain: string[], toChain: string[]) {
  const outward = new Set(toChain);
  const shared = fromChain.findIndex((path) => outward.has(path));
  const common = shared === -1 ? undefined : fromChain[shared];
  const from = fromChain[shared === -1 ? fromChain.length - 1 : shared - 1];
  const to = toChain[common === undefined ? toChain.length - 1 : toChain.indexOf(common) - 1];
  return from === undefined || to === undefined ? null : { from, to };
}

function* withoutRepetitions(edges: readonly GraphEdge[]): Pausing<GraphEdge[]> {
  const key = ({ from, to }: GraphEdge) => JSON.stringify([from, to]);
  const labelled = new Set<string>();
  for (const [count, edge] of edges.entries()) {
    if (count % STRETCH === 0) yield;
    if (edge.kind !== "dependency") labelled.add(key(edge));
  }
  const seen = new Set<string>();
  const kept: GraphEdge[] = [];
  for (const [count, edge] of edges.entries()) {
    if (count % STRETCH === 0) yield;
    if (edge.kind === "dependency" && labelled.has(key(edge))) continue;
    const whole = JSON.stringify([edge.from, edge.to, edge.kind, edge.label]);
    if (!seen.has(whole)) kept.push(edge);
    seen.add(whole);
  }
  return kept;
}
