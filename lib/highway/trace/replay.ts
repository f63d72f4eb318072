import type { TaskState } from "../../model/states.ts";
import { isActive } from "../../model/states.ts";
import { topScope } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import { Plan } from "../run/plan.ts";
import { Book, type Records } from "./book.ts";
import { replayScope } from "./scope-replay.ts";
import { close, isEndState, type OperatorTrace, type Replay } from "./trace.ts";

/**
 * How every operator of a run stands, by its path in the run: what the tasks of the run recorded is gone through once
 * more by the interpreter's own rules, without doing anything. An operator that was not reached has no trace.
 *
 * `ends` are the states that the root task reported at its end; where they are given they count.
 */
export function replayRun(
  workflow: Workflow,
  records: Records,
  ends: Readonly<Record<string, string>> = {},
): Map<string, OperatorTrace> {
  const traces = new Map<string, OperatorTrace>();
  const plans = new Map<string, Plan>();
  const replay: Replay = {
    book: new Book(records),
    workflow,
    scope: replayScope,
    planOf: (scope) => {
      const plan = plans.get(scope.path) ?? new Plan(scope);
      plans.set(scope.path, plan);
      return plan;
    },
    add: (trace) => traces.set(trace.instance, trace),
    inside: (path) =>
      [...traces.values()].filter(
        ({ instance }) => instance.startsWith(path) && /^[.[~]/.test(instance.slice(path.length)),
      ),
  };
  replayScope(replay, topScope(workflow), "", records.root);
  for (const trace of traces.values()) settle(trace, records.root, ends[trace.instance]);
  return traces;
}

/** The last word on an operator once the root task has ended: its report, or that nothing more will come. */
function settle(trace: OperatorTrace, root: TaskState | null, end: string | undefined): void {
  if (end !== undefined && isEndState(end)) {
    trace.inferred &&= end !== trace.state;
    trace.state = end;
    return;
  }
  if (isActive(root) && (trace.host === null || isActive(trace.host))) return;
  close(trace, trace.host === "failed" || root === "failed" ? "failed" : "cancelled");
}
