import type { TaskState } from "../../model/states.ts";
import { bodyScope, branchPath, branchScopes, type Scope } from "../model/scopes.ts";
import type {
  ForeachOperator,
  Operator,
  ParallelOperator,
  WhileOperator,
} from "../model/workflow.ts";
import { attemptPath } from "../run/attempts.ts";
import { isForkOnly } from "../run/fork.ts";
import type { OperatorState } from "../run/plan.ts";
import { type Look, lookAtPart, lookAtRetry } from "./look.ts";
import { close, type Replay, type ScopeTrace } from "./trace.ts";

/** How a loop or parallel stands by what is inside of it. `look` is `undefined` while nothing of it has begun. */
export type Inside = {
  look: Look | undefined;
  rounds: { done: number; total: number | null } | null;
  inner: [id: string, state: OperatorState][];
  isBusy: boolean;
};

type Part = { path: string; scope: Scope };
/** How one part stands, and what is inside. */
type Seen = { look: Look | undefined; trace: ScopeTrace };

/** What is recorded of the inside of an operator at a path in the run; `undefined` when it has none. */
export function lookInside(
  replay: Replay,
  scope: Scope,
  operator: Operator,
  path: string,
  host: TaskState | null,
): Inside | undefined {
  const attempt = replay.book.attemptAt(path);
  const visit = { replay, scope, path, host, at: attemptPath(path, attempt) };
  for (let earlier = 1; earlier < attempt; earlier++)
    lookAtAttempt({ ...visit, at: attemptPath(path, earlier) }, operator);
  for (const trace of attempt > 1 ? replay.inside(path) : []) {
    trace.isSuperseded = true;
    close(trace, "cancelled");
  }
  return lookAtAttempt(visit, operator);
}

type Visit = { replay: Replay; scope: Scope; path: string; host: TaskState | null; at: string };

function lookAtAttempt(visit: Visit, operator: Operator): Inside | undefined {
  switch (operator.operator_type) {
    case "parallel":
      return lookAtParallel(visit, operator);
    case "foreach":
      return lookAtForeach(visit, operator);
    case "while":
      return lookAtWhile(visit, operator);
    default:
      return undefined;
  }
}

function lookAtParallel(visit: Visit, operator: ParallelOperator): Inside {
  const { replay, scope, at } = visit;
  const parts = branchScopes(operator, scope).map((branch) => ({
    path: branchPath(at, branch.name),
    scope: branch.scope,
  }));
  const seen = parts.map((part) => lookAtBranch(visit, part));
  const started = replay.book.get(`${at}/tasks`);
  if (started && isForkOnly(replay.workflow, operator, scope))
    return { ...gather(visit, seen), look: { state: "completed", at: started.at } };
  return gather(visit, seen, started !== undefined || parts.length === 0);
}

function lookAtForeach(visit: Visit, operator: ForeachOperator): Inside {
  const { replay, scope, at, host } = visit;
  const items = replay.book.get(`${at}/items`);
  const body = bodyScope(operator, scope);
  const total = items?.length ?? null;
  const seen: Seen[] = [];
  for (
    let index = 0;
    total === null ? replay.book.hasBegun(`${at}[${index}]`) : index < total;
    index++
  ) {
    const part = { path: `${at}[${index}]`, scope: body };
    const round = operator.parallel ? lookAtBranch(visit, part) : lookAtRound(visit, part, host);
    seen.push(round);
    if (!operator.parallel && !isOver(round)) break;
  }
  const isWhole = total !== null && seen.length === total;
  const inside = gather(visit, seen, items !== undefined, isWhole);
  return { ...inside, rounds: { done: seen.filter(isOver).length, total } };
}

function lookAtWhile(visit: Visit, operator: WhileOperator): Inside {
  const { replay, scope, at, host } = visit;
  const body = bodyScope(operator, scope);
  const seen: Seen[] = [];
  let isWhole = false;
  for (let index = 0; ; index++) {
    const decision = replay.book.get(`${at}/round/${index}`);
    isWhole = decision?.value === false;
    const path = `${at}[${index}]`;
    if (isWhole || !(decision ?? replay.book.hasBegun(path))) break;
    const round = lookAtRound(visit, { path, scope: body }, host);
    seen.push(round);
    if (!isOver(round)) break;
  }
  const inside = gather(visit, seen, replay.book.get(`${at}/round/0`) !== undefined, isWhole);
  const done = seen.filter(isOver).length;
  return { ...inside, rounds: { done, total: isWhole ? done : null } };
}

/** A part with a task of its own. */
function lookAtBranch({ replay }: Visit, { path, scope }: Part): Seen {
  const look = lookAtPart(replay.book, path);
  const host = replay.book.records.parts.get(path) ?? null;
  return { look, trace: replay.scope(replay, scope, path, host) };
}

/** A part that the task around it executes. */
function lookAtRound({ replay }: Visit, { path, scope }: Part, host: TaskState | null): Seen {
  const trace = replay.scope(replay, scope, path, host);
  if (trace.state === "open")
    return { look: { state: trace.isBusy ? "running" : "sleeping" }, trace };
  const { state, at } = trace;
  return { look: state === "failed" ? { state, at, failure: null } : { state, at }, trace };
}

function isOver({ look }: Seen): boolean {
  return look !== undefined && "at" in look;
}

/** A whole out of its parts. It is over when all are, and well when all of them are. */
function gather(
  { replay, path, host }: Visit,
  seen: readonly Seen[],
  hasBegun = true,
  isWhole = true,
): Inside {
  const inner = seen.flatMap(({ trace }) => trace.inner);
  const isBusy = seen.some(({ trace, look }) => trace.isBusy || look?.state === "running");
  const found = { rounds: null, inner, isBusy };
  const own = replay.book.get(path);
  if (own) return { ...found, look: lookAtPart(replay.book, path) };
  const hasTrace = hasBegun || seen.some(({ look }) => look !== undefined);
  if (!hasTrace) return { ...found, look: undefined };
  const at = Math.max(0, ...seen.map(({ look }) => (look && "at" in look ? look.at : 0)));
  const isGood = seen.every(({ look }) => look?.state === "completed");
  if (isWhole && isGood) return { ...found, look: { state: "completed", at } };
  // A part that failed leaves it to the operator to be tried again, or to have failed.
  const open =
    isBusy || host === "running" ? "running" : host === "pending" ? "pending" : "sleeping";
  return { ...found, look: lookAtRetry(replay.book, path) ?? { state: open } };
}
