import { listEntries, listValues } from "../../language/key-order.ts";
import { Place } from "../fields.ts";
import type { Problem } from "../problem.ts";
import { behindIn, dependenciesIn, reducedDependencies, targetsIn } from "../reach.ts";
import { branchScopes, findContaining, type LocatedScope, listIds, type Scope } from "../scopes.ts";
import type { JoinOperator, Operator } from "../workflow.ts";

/** The names that routers must not choose, by the router's id: targets and branches, as messages show them. */
type Choice = ReadonlyMap<string, ReadonlySet<string>>;

/** Limits of the search. Beyond them nothing is reported, so every warning is correct. */
const MOST_CHOICES = 16;
const MOST_MERGED = 50;
const MOST_NAMED = 4;
/** Larger scopes and routers are not checked, nor is the rest of a scope after this many merges. */
const MOST_OPERATORS = 400;
const MOST_OUTCOMES = 100;
const MOST_MERGES = 10_000;

/**
 * Reports operators that merge branches and are skipped, with everything after them, when routers choose none of
 * these branches. Skipped predecessors never count, for any trigger rule or mode of a join, so an operator is
 * skipped when all of its predecessors are. An operator that continues a single branch is meant to be skipped with
 * it, and is not reported.
 */
export function checkSkips({ scope, locate }: LocatedScope, problems: Problem[]): void {
  const routers = listRouters(scope);
  if (routers.size === 0 || scope.operators.size > MOST_OPERATORS) return;
  for (const [id, choice] of new Skips(scope, routers).findMerges()) {
    const isJoin = scope.operators.get(id)?.operator_type === "join";
    const names = [...choice.keys()].map((router) => `'${router}'`);
    const alone = `${listNames(names, " and ")}${names.length === 1 ? " alone" : ""}`;
    new Place(locate(id), problems).warn(
      "skipped_merge",
      `Task '${id}' is skipped, with all that runs only after it, when ${describeChoice(choice)}`,
      isJoin
        ? `if something should run in any case, use a task that depends on ${alone}`
        : `if it should run in any case, let it depend on ${alone}`,
    );
  }
}

function describeChoice(choice: Choice): string {
  const parts = [...choice].map(([router, names]) =>
    names.size === 1
      ? `'${router}' does not choose ${[...names]}`
      : `'${router}' chooses none of ${listNames([...names], ", ")}`,
  );
  return listNames(parts, " and ");
}

function listNames(names: string[], separator: string): string {
  const more = names.length - MOST_NAMED;
  return more <= 0
    ? names.join(separator)
    : `${names.slice(0, MOST_NAMED).join(separator)}${separator}${more} more`;
}

/** The possible choices of an operator: one of the outcomes, or at least `minimum` of them. */
type Router = { outcomes: string[][]; minimum: number };

function listRouters(scope: Scope): Map<string, Router> {
  const routers = new Map<string, Router>();
  for (const [id, operator] of scope.operators) {
    const outcomes = listOutcomes(operator);
    if (outcomes.length === 0 || outcomes.length > MOST_OUTCOMES) continue;
    const minimum = operator.operator_type === "multi_choice" ? operator.minimum_branches : 1;
    routers.set(id, { outcomes, minimum });
  }
  return routers;
}

function listOutcomes(operator: Operator): string[][] {
  const toTarget = (id: string | null) => (id === null ? [] : [`'${id}'`]);
  switch (operator.operator_type) {
    case "condition":
      return [operator.if_true, operator.if_false].map(toTarget);
    case "switch":
      return [...listValues(operator.cases), operator.default].map(toTarget);
    case "multi_choice":
      return listEntries(operator.branches).map(([name, { tasks }]) =>
        Object.hasOwn(operator.branch_workflows, name)
          ? [`branch '${name}'`]
          : tasks.flatMap(toTarget),
      );
    default:
      return [];
  }
}

/** Maps each operator of a scope to the choices that skip it. */
class Skips {
  /** An operator without entries is never skipped. No choice contains another one. */
  private readonly choices = new Map<string, Choice[]>();
  private readonly merges = new Map<string, Choice>();
  private readonly routersOf = new Map<string, string[]>();
  private readonly handlers: ReadonlySet<string | null>;
  private left = MOST_MERGES;

  constructor(
    private readonly scope: Scope,
    private readonly routers: ReadonlyMap<string, Router>,
  ) {
    const operators = [...scope.operators.values()];
    this.handlers = new Set(
      operators.flatMap((one) => [one.on_success_task_id, one.on_failure_task_id]),
    );
    for (const operator of operators)
      for (const { target } of targetsIn(scope, operator))
        this.routersOf.set(target, [...(this.routersOf.get(target) ?? []), operator.task_id]);
  }

  /** Operators that some choice skips although it does not skip any single branch before them as a whole. */
  findMerges(): ReadonlyMap<string, Choice> {
    const behind = behindIn(this.scope);
    const dependencies = new Map(
      [...this.scope.operators].map(([id, one]) => [
        id,
        one.dependencies.length > 1
          ? reducedDependencies(this.scope, one, behind)
          : dependenciesIn(this.scope, one),
      ]),
    );
    for (const id of this.inOrder(dependencies)) this.visit(id, dependencies.get(id) ?? []);
    return this.merges;
  }

  /** Each operator after all operators that decide whether it is skipped; those on cycles are left out. */
  private *inOrder(dependencies: ReadonlyMap<string, string[]>): Generator<string> {
    const next = new Map<string, string[]>();
    const left = new Map<string, number>();
    for (const [id, operator] of this.scope.operators) {
      const before = new Set([
        ...(dependencies.get(id) ?? []),
        ...(this.routersOf.get(id) ?? []),
        ...listMembers(operator).flatMap((member) => findContaining(this.scope, member) ?? []),
      ]);
      left.set(id, before.size);
      for (const one of before) next.set(one, [...(next.get(one) ?? []), id]);
    }
    const open = [...left].flatMap(([id, count]) => (count === 0 ? id : []));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      yield id;
      for (const one of next.get(id) ?? []) {
        const count = (left.get(one) ?? 0) - 1;
        left.set(one, count);
        if (count === 0) open.push(one);
      }
    }
  }

  private visit(id: string, dependencies: string[]): void {
    // A start task always runs, and a handler does not wait for its dependencies.
    if (id === this.scope.start || this.handlers.has(id)) return;
    const operator = this.scope.operators.get(id);
    if (!operator) return;
    const members = listMembers(operator);
    const own = dependencies.filter((one) => !members.includes(one)).map((one) => this.of(one));
    const routers = this.routersOf.get(id);
    const before = routers
      ? this.all(routers.map((router) => this.notChoosing(router, `'${id}'`)))
      : this.all(own);
    const isAnchored = routers !== undefined || own.length > 0;
    const inside =
      members.length > MOST_MERGED ? [] : members.map((member) => this.ofMember(member));
    const joined = operator.operator_type === "join" ? this.all(inside) : [];
    const found = [
      ...(routers ? [] : before.filter((choice) => !own.flat().some((one) => isSame(one, choice)))),
      ...joined.filter((choice) =>
        isAnchored
          ? !before.some((one) => isPart(one, choice))
          : !inside.flat().some((one) => isSame(one, choice)),
      ),
    ];
    const [first] = found.sort((a, b) => countNames(a) - countNames(b));
    if (first) this.merges.set(id, first);
    const all = toMinimal([...before, ...joined]);
    if (all.length > 0) this.choices.set(id, all);
  }

  private of(id: string): Choice[] {
    return this.choices.get(id) ?? [];
  }

  /** Members of a join that are inside an operator are skipped with it, or with their branch. */
  private ofMember(id: string): Choice[] {
    if (this.scope.operators.has(id)) return this.of(id);
    const owner = this.scope.operators.get(findContaining(this.scope, id) ?? "");
    if (!owner) return [];
    if (owner.operator_type !== "multi_choice") return this.of(owner.task_id);
    const branch = branchScopes(owner, this.scope).find((one) => listIds(one.scope).includes(id));
    return this.notChoosing(owner.task_id, `branch '${branch?.name}'`);
  }

  private notChoosing(router: string, name: string): Choice[] {
    const choice: Choice = new Map([[router, new Set([name])]]);
    return toMinimal([...(this.isPossible(choice) ? [choice] : []), ...this.of(router)]);
  }

  /** The choices that skip all of these operators. */
  private all(operators: Choice[][]): Choice[] {
    if (operators.length === 0 || operators.length > MOST_MERGED) return [];
    return operators.reduce(
      (some, more) => {
        this.left -= some.length * more.length;
        if (this.left < 0) return [];
        const both = some.flatMap((one) => more.map((other) => merge(one, other)));
        return toMinimal(both.filter((choice) => this.isPossible(choice)));
      },
      [new Map()] as Choice[],
    );
  }

  private isPossible(choice: Choice): boolean {
    return [...choice].every(([id, names]) => {
      const { outcomes, minimum } = this.routers.get(id) ?? { outcomes: [], minimum: 1 };
      return outcomes.filter((one) => !one.some((name) => names.has(name))).length >= minimum;
    });
  }
}

function listMembers(operator: Operator): JoinOperator["join_tasks"] {
  return operator.operator_type === "join" ? operator.join_tasks : [];
}

function merge(one: Choice, other: Choice): Choice {
  const both = new Map(one);
  for (const [id, names] of other) both.set(id, new Set([...(both.get(id) ?? []), ...names]));
  return both;
}

function isPart(part: Choice, whole: Choice): boolean {
  return [...part].every(([id, names]) => [...names].every((name) => whole.get(id)?.has(name)));
}

function isSame(one: Choice, other: Choice): boolean {
  return isPart(one, other) && isPart(other, one);
}

/** The choices that contain no other one. */
function toMinimal(choices: Choice[]): Choice[] {
  const kept: Choice[] = [];
  for (const one of [...choices].sort((a, b) => countNames(a) - countNames(b)))
    if (kept.length < MOST_CHOICES && !kept.some((other) => isPart(other, one))) kept.push(one);
  return kept;
}

function countNames(choice: Choice): number {
  return [...choice.values()].reduce((sum, names) => sum + names.size, 0);
}
